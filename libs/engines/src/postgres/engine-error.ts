export type EngineErrorType =
  | 'binaries-missing'
  | 'cannot-run-as-root'
  | 'data-folder-in-use'
  | 'did-not-start'
  | 'migration-locked'
  | 'not-supported'
  | 'topics-differ'
  | 'unavailable';

/** An engine that cannot be had. The message is a sentence for the person who started it. */
export class EngineError extends Error {
  readonly type: EngineErrorType;

  constructor(type: EngineErrorType, message: string) {
    super(message);
    this.name = 'EngineError';
    this.type = type;
  }
}
