/** Many questions to one endpoint, a few at a time: however much is waited for, no more connections are opened. */

const mostAtOnce = 8;

/** Answers in the order of the questions; after a failure no further one is asked. */
export async function fewAtOnce<Q, A>(
  questions: readonly Q[],
  ask: (question: Q) => Promise<A>,
): Promise<readonly A[]> {
  const answers: A[] = [];
  for (let at = 0; at < questions.length; at += mostAtOnce)
    answers.push(...(await Promise.all(questions.slice(at, at + mostAtOnce).map(ask))));
  return answers;
}
