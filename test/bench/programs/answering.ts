interface Question {
  readonly ask: number;
  readonly profile?: string;
}

/** Answers what the benchmark asks, one question by one; what a handler throws is said, and the program goes on. */
export const answering = <Q extends object>(handle: (question: Q) => Promise<object>): void => {
  process.on('message', (message: Question & Q) => {
    if (message.profile !== undefined) return;
    handle(message)
      .catch((error: unknown) => ({ error: (error as Error).stack ?? String(error) }))
      .then((answer) => process.send?.({ ...answer, answer: message.ask }))
      .catch(() => undefined);
  });
  process.send?.({ ready: true });
};

/** A clock that all processes of a machine share, in ms. */
export const sharedMs = (): number => Number(process.hrtime.bigint()) / 1e6;
