const status = document.querySelector("[role=status]");

for (const button of document.querySelectorAll("button")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = (await order(button.value))
      ? "Thank you. Your order is safe with us; we pack it as soon as we can."
      : "We could not take your order. Please try again in a moment.";
    button.disabled = false;
  });
}

/** Up to three tries with one key: however many of them arrive, the order is applied once. */
async function order(value) {
  const key = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
  for (let tries = 0; tries < 3; tries++) {
    const response = await fetch("/api/orders", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ key, value }),
      signal: AbortSignal.timeout(1_000),
    }).catch(() => undefined);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
  }
  return false;
}
