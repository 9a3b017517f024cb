import { describe, expect, test } from "vitest";
import { CallTrap, type TrapOrder } from "./call-trap.ts";

function call(operation: string, body = '{"QueueUrl":"q"}', header = "x-amz-target"): string {
  return (
    `POST / HTTP/1.1\r\nHost: sqs\r\n${header}: AmazonSQS.${operation}\r\n` +
    `content-length: ${body.length}\r\n\r\n${body}`
  );
}

/** Shows `texts` to a trap in order, and says which of them were let through. */
function show(trap: CallTrap, texts: readonly string[]): string[] {
  return texts.filter((text) => !trap.swallows(Buffer.from(text)));
}

function armed(operation = "DeleteMessage"): { trap: CallTrap; caught: () => number } {
  let caught = 0;
  const order: TrapOrder = { operation, onCaught: () => (caught += 1) };
  return { trap: new CallTrap(() => order), caught: () => caught };
}

describe("a trap for a call", () => {
  test("swallows the call that it names and lets the others through", () => {
    const { trap, caught } = armed();
    const others = [call("ReceiveMessage"), call("DeleteMessageBatch"), call("SendMessage")];
    expect(show(trap, [...others, call("DeleteMessage")])).toEqual(others);
    expect(caught()).toBe(1);
  });

  test("swallows everything that comes after the call on the same connection", () => {
    const { trap, caught } = armed();
    expect(show(trap, [call("DeleteMessage"), call("ReceiveMessage")])).toEqual([]);
    expect(caught()).toBe(1);
  });

  test("does not care how the header is spelt", () => {
    const { trap, caught } = armed();
    show(trap, [call("deletemessage", "{}", "X-Amz-Target")]);
    expect(caught()).toBe(1);
  });

  test("never lets the end of the call through, wherever its bytes are split", () => {
    const text = call("ReceiveMessage") + "";
    const wanted = call("DeleteMessage");
    for (let at = 1; at < wanted.length; at += 1) {
      const { trap, caught } = armed();
      const passed = show(trap, [text, wanted.slice(0, at), wanted.slice(at)]);
      expect(passed, `split at ${at}`).not.toContain(wanted.slice(at));
      expect(caught()).toBe(1);
    }
  });

  test("keeps in step over bodies that come in pieces", () => {
    const { trap, caught } = armed();
    const body = `POST / HTTP/1.1\r\nx-amz-target: AmazonSQS.DeleteMessage\r\n\r\n`;
    const send = call("SendMessage", body);
    const pieces = [send.slice(0, send.length - 30), send.slice(send.length - 30), call("ReceiveMessage")];
    expect(show(trap, pieces)).toEqual(pieces);
    expect(caught()).toBe(0);
  });

  test("keeps in step over chunked bodies", () => {
    const { trap, caught } = armed();
    const head = "POST / HTTP/1.1\r\nx-amz-target: AmazonSQS.SendMessage\r\ntransfer-encoding: chunked\r\n\r\n";
    const pieces = [head, "5\r\nhello\r\n", "0\r\n\r\n"];
    expect(show(trap, [...pieces, call("DeleteMessage")])).toEqual(pieces);
    expect(caught()).toBe(1);
  });

  test("knows the query protocol, in a form and in a path", () => {
    const form = "Action=DeleteMessage&ReceiptHandle=x";
    const head = "POST / HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    const inForm = armed();
    show(inForm.trap, [`${head}content-length: ${form.length}\r\n\r\n`, form]);
    expect(inForm.caught()).toBe(1);
    const inPath = armed();
    show(inPath.trap, ["GET /?Action=DeleteMessage HTTP/1.1\r\nhost: sqs\r\n\r\n"]);
    expect(inPath.caught()).toBe(1);
    const batch = armed();
    show(batch.trap, [`${head}content-length: 25\r\n\r\nAction=DeleteMessage`, "Batch"]);
    expect(batch.caught()).toBe(0);
  });

  test("lets everything through until it is armed", () => {
    let order: TrapOrder | null = null;
    let caught = 0;
    const trap = new CallTrap(() => order);
    expect(show(trap, [call("DeleteMessage")])).toHaveLength(1);
    order = { operation: "DeleteMessage", onCaught: () => (caught += 1) };
    expect(show(trap, [call("ReceiveMessage"), call("DeleteMessage")])).toHaveLength(1);
    expect(caught).toBe(1);
  });
});
