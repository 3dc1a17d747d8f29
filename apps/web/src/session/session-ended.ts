/** Nobody is signed in with this request, whatever the cause: the page that answers is the same for all. */
export class SessionEnded extends Error {
  constructor() {
    super('the session has ended');
    this.name = 'SessionEnded';
  }
}
