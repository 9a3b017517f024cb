/** What can be said of a question: what is not known is never taken for either. */
export type Answer = "yes" | "no" | "unknown";

/** The answer of what is known. */
export function answerOf(known: boolean): Answer {
  return known ? "yes" : "no";
}

/** The other way round; what is unknown stays so. */
export function not(answer: Answer): Answer {
  if (answer === "unknown") return answer;
  return answer === "yes" ? "no" : "yes";
}

/** Whether all are yes (Kleene's conjunction): one no decides, else one unknown leaves it open. Of none: yes. */
export function every(answers: readonly Answer[]): Answer {
  if (answers.includes("no")) return "no";
  return answers.includes("unknown") ? "unknown" : "yes";
}

/** Whether any is yes (Kleene's disjunction): one yes decides, else one unknown leaves it open. Of none: no. */
export function some(answers: readonly Answer[]): Answer {
  if (answers.includes("yes")) return "yes";
  return answers.includes("unknown") ? "unknown" : "no";
}

/** What all of them say, as of values of which one will be there; unknown where they differ. */
export function agreed(answers: readonly Answer[]): Answer {
  const [first = "unknown"] = answers;
  return answers.every((answer) => answer === first) ? first : "unknown";
}
