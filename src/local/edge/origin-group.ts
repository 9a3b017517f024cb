import type { Exchange, Origin, OriginRequest, Sink } from "./origin.ts";

export interface OriginGroupOptions {
  /** Asked at each request, in their order; at least one. */
  readonly members: () => readonly Origin[];
  /** Statuses with which the next member is asked, as it is where there is no answer at all. */
  readonly codes: readonly number[];
}

/**
 * Origins of which the next one is asked where one fails, each time anew, as in CloudFront's origin groups. A write is
 * sent to the first one alone: nobody knows what became of it there.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
 */
export class OriginGroup implements Origin {
  readonly #options: OriginGroupOptions;

  constructor(options: OriginGroupOptions) {
    this.#options = options;
  }

  send(request: OriginRequest, sink: Sink): Exchange {
    const isRead = (request.method === "GET" || request.method === "HEAD") && request.body === null;
    const members = this.#options.members();
    const left = isRead ? [...members] : members.slice(0, 1);
    let exchange: Exchange | undefined;
    const askNext = (): void => {
      const origin = left.shift();
      exchange = origin?.send(
        request,
        this.#sinkOf(sink, () => left.length > 0, goOn),
      );
    };
    const goOn = (): void => {
      exchange?.abort();
      askNext();
    };
    askNext();
    return { abort: () => exchange?.abort(), resume: () => exchange?.resume() };
  }

  /** Passes one member's answer on, or leaves it for the next one before the customer has seen any of it. */
  #sinkOf(sink: Sink, hasNext: () => boolean, goOn: () => void): Sink {
    let state: "waiting" | "passing" | "left" = "waiting";
    const leave = (): void => {
      state = "left";
      goOn();
    };
    return {
      onHeaders: (status, headers) => {
        if (hasNext() && this.#options.codes.includes(status)) return leave();
        state = "passing";
        sink.onHeaders(status, headers);
      },
      onData: (chunk) => state === "left" || sink.onData(chunk),
      onEnd: () => {
        if (state !== "left") sink.onEnd();
      },
      onFailure: (failure) => {
        if (state === "waiting" && hasNext()) leave();
        else if (state !== "left") sink.onFailure(failure);
      },
    };
  }
}
