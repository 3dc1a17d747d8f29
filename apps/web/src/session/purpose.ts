import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { readCookie, SESSION_COOKIE } from './cookies.js';
import { keepSession, sessionOf, type WebSession } from './current-session.js';
import { SessionStore } from './session-store.js';

/** For whoever has not chosen, and where no relation of his allows what he chose any longer. */
const OTHERWISE = 'SAFEGUARDING';

/** Why this person looks: one purpose for the whole session, and only one that a relation of his allows. */
export const boundPurpose = ({ purpose, profile: { purposes } }: Pick<WebSession, 'purpose' | 'profile'>): string =>
  purpose !== null && purposes.includes(purpose) ? purpose : (purposes[0] ?? OTHERWISE);

/** What an address says of a purpose counts for nothing. */
export const purposeOf = (request: object): string => boundPurpose(sessionOf(request));

/** Binds a session to why its person looks. */
@Injectable()
export class SessionPurpose {
  constructor(@Inject(SessionStore) private readonly sessions: SessionStore) {}

  /** False for a purpose that none of this person's relations allows: the session stays as it is. */
  async choose(request: FastifyRequest, purpose: string): Promise<boolean> {
    const session = sessionOf(request);
    const cookie = readCookie(request.headers.cookie, SESSION_COOKIE);
    if (cookie === undefined || !session.profile.purposes.includes(purpose)) return false;
    if (session.purpose !== purpose) await this.sessions.choosePurpose(cookie, session, purpose);
    keepSession(request, { ...session, purpose });
    return true;
  }
}
