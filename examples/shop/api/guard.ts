import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  type IPolicy,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel";

/**
 * How this program calls anything else. A customer waits one second for an answer, so a call has 300 ms and one more
 * try: at most 660 ms in all. A failover at AWS takes half a minute and no time-out here outlasts that: the customer
 * gets a quick, honest error and tries again. After five failures in a row the breaker opens: for half a second calls
 * fail at once, with a `BrokenCircuitError`, and requests do not pile up behind what is down.
 */
export function guard(): IPolicy {
  return wrap(
    circuitBreaker(handleAll, { halfOpenAfter: 500, breaker: new ConsecutiveBreaker(5) }),
    retry(handleAll, { maxAttempts: 1, backoff: new ExponentialBackoff({ initialDelay: 20, maxDelay: 60 }) }),
    timeout(300, TimeoutStrategy.Aggressive),
  );
}
