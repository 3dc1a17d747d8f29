/** Why the command stops: what to print, one line each. Names files, lines and columns, never a value. */
export class Stop extends Error {
  readonly type = 'agreement-command-stopped';

  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}
