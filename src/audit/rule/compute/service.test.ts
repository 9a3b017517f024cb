import { expect, test } from "vitest";
import { buildModel } from "../../model/model.ts";
import { templateOf } from "../../read/cloudformation.ts";
import { readSource } from "../../read/source.ts";
import { SERVICE, scalingOf } from "./service.ts";

const SERVED = `
Resources:
  Api: { Type: AWS::ECS::Service, Properties: { ServiceName: shop-api } }
`;

const SCALED = `${SERVED}
  Scaling:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: ecs
      ScalableDimension: ecs:service:DesiredCount
      ResourceId: service/shop/shop-api
      MinCapacity: 2
`;

test("a service is scaled by the target of its own file, where another file has a service of that name", () => {
  const [one, other] = [SCALED, SERVED].map((text, place) => {
    const name = `${place}.yaml`;
    return templateOf(readSource(name, text), { name, region: null, parent: null });
  });
  if (one === undefined || other === undefined) throw new Error("two templates are read");
  const { model } = buildModel([one, other], { parameters: {}, region: null });
  const scaled = model.of(SERVICE).map((service) => scalingOf(service, model).targets.length);
  expect(scaled).toEqual([1, 0]);
});
