import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Profile } from '../api/profile.js';
import { SessionEnded } from './session-ended.js';
import type { StoredSession } from './session-store.js';

export interface WebSession extends StoredSession {
  /** Who the hub takes this person for, asked for this very request. */
  readonly profile: Profile;
}

const sessions = new WeakMap<object, WebSession>();

export const keepSession = (request: object, session: WebSession): void => void sessions.set(request, session);

export const findSession = (request: object): WebSession | undefined => sessions.get(request);

/** The session of a request that the guard has let through. Throws `SessionEnded` for any other. */
export const sessionOf = (request: object): WebSession => {
  const session = sessions.get(request);
  if (!session) throw new SessionEnded();
  return session;
};

/** Parameter of a handler: the `Profile` of whoever asks. */
export const CurrentProfile = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => sessionOf(context.switchToHttp().getRequest<object>()).profile,
);
