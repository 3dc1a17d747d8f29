import { countSubmissions, inSpan, toProblem } from '#platform';
import type { SubmitAnswer } from './submit.js';

const failureOf = (error: unknown): 'too-large' | 'broken' | 'unavailable' | 'failed' => {
  const { status } = toProblem(error);
  if (status === 413) return 'too-large';
  if (status === 503) return 'unavailable';
  return status < 500 ? 'broken' : 'failed';
};

/** Counts what becomes of a submission, and traces it. */
export const observeSubmission = (trace: string, take: () => Promise<SubmitAnswer>): Promise<SubmitAnswer> =>
  inSpan(trace, 'submission', async () => {
    try {
      const answer = await take();
      countSubmissions({ outcome: answer.outcome });
      return answer;
    } catch (error) {
      countSubmissions({ outcome: failureOf(error) });
      throw error;
    }
  });
