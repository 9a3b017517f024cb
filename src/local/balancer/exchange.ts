import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import type { Ms } from "../../base/units.ts";
import { answeredHeaders } from "./headers.ts";
import type { Target } from "./target.ts";

/** Why a balancer answered with an error of its own. */
export type Cause = "no-target" | "refused" | "reset" | "timeout" | "bad-request";

/** How a request ended. `cause` null: the target answered in full; `abandoned`: the client went away first. */
export interface Ending {
  readonly status: number;
  readonly cause: Cause | null;
  readonly abandoned: boolean;
}

export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly startedAt: Ms;
  /** Called once. */
  onEnd(exchange: Exchange, ending: Ending): void;
}

/**
 * One request on its way through a balancer to one target, and the answer on its way back: undici's handler of it.
 * Never tries again. One object a request, no closures, no streams in between: that is most of the balancer's speed.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  #controller: Dispatcher.DispatchController | null = null;
  #ended = false;
  #length: string | undefined;
  /** A body that came in one piece, which goes out in one write with its headers. */
  #whole: Buffer | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    options.response.on("close", () => this.#onClientGone());
  }

  get target(): Target {
    return this.#options.target;
  }

  get request(): IncomingMessage {
    return this.#options.request;
  }

  get startedAt(): Ms {
    return this.#options.startedAt;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(new Error("the client is gone"));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText?: string,
  ): void {
    // Informational answers (103) are not passed on.
    if (status < 200) return;
    this.#length = headers["content-length"];
    this.#options.response.writeHead(status, statusText, answeredHeaders(headers));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { response } = this.#options;
    if (this.#length !== undefined && chunk.length === Number(this.#length)) this.#whole = chunk;
    else if (!response.write(chunk)) {
      controller.pause();
      response.once("drain", () => controller.resume());
    }
  }

  onResponseEnd(): void {
    this.#options.response.end(this.#whole);
    this.#end(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#ended) return;
    const { response } = this.#options;
    const cause = causeOf(error);
    if (response.headersSent) response.destroy();
    else answerWith(response, cause, this.#options.request.complete);
    this.#end(cause);
  }

  #onClientGone(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller?.abort(new Error("the client is gone"));
    this.#options.onEnd(this, { status: 460, cause: null, abandoned: true });
  }

  #end(cause: Cause | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd(this, { status: this.#options.response.statusCode, cause, abandoned: false });
  }
}

const STATUS: Readonly<Record<Cause, readonly [number, string]>> = {
  "bad-request": [400, "Bad Request"],
  refused: [502, "Bad Gateway"],
  reset: [502, "Bad Gateway"],
  "no-target": [503, "Service Unavailable"],
  timeout: [504, "Gateway Timeout"],
};

/** Answers as the balancer itself. A connection whose request was not read to its end cannot be used again. */
export function answerWith(response: ServerResponse, cause: Cause, requestComplete: boolean): void {
  const [status, text] = STATUS[cause];
  const body = `${status} ${text}\n`;
  const headers = ["Content-Type", "text/plain", "Content-Length", String(body.length)];
  if (!requestComplete) headers.push("Connection", "close");
  response.writeHead(status, text, headers);
  response.end(body);
}

function causeOf(error: Error): Cause {
  const code = "code" in error ? error.code : undefined;
  switch (code) {
    case "UND_ERR_CONNECT_TIMEOUT":
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
      return "timeout";
    case "UND_ERR_INVALID_ARG":
    case "UND_ERR_NOT_SUPPORTED":
      return "bad-request";
    case "ECONNREFUSED":
      return "refused";
    default:
      return "reset";
  }
}
