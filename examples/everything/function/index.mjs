/** Answers a partner's question for a parcel. */
export async function track(event) {
  return { statusCode: 404, body: JSON.stringify({ parcel: event.pathParameters?.id ?? null, state: "unknown" }) };
}

/** Prints labels; a message that it fails comes back alone. */
export async function print(event) {
  const batchItemFailures = [];
  for (const { messageId, body } of event.Records) {
    try {
      console.log(JSON.parse(body));
    } catch {
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

/** Thanks a customer, or says sorry. */
export async function thanks(event) {
  console.log(JSON.stringify(event));
}

/** Adds up a day. */
export async function report() {
  console.log("nothing to report");
}
