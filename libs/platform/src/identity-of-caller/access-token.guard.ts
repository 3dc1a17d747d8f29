import { Inject, Injectable, SetMetadata, createParamDecorator } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { insufficientScope, problemOf, unauthorised } from '../http/problem.js';
import { TokenRefused } from './verify-access-token.js';
import type { Caller, VerifyAccessToken } from './verify-access-token.js';

export const VERIFY_ACCESS_TOKEN = Symbol('VERIFY_ACCESS_TOKEN');

const SCOPE = 'sightline:scope';
const OPEN = 'sightline:open';
const BEARER = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i;

/** The scopes, one of which a handler, or every handler of a controller, asks for. */
export const RequireScope = (...scopes: readonly string[]) => SetMetadata(SCOPE, scopes);

/** A handler that needs no token: health, and nothing that says anything about anybody. */
export const OpenToAll = () => SetMetadata(OPEN, true);

interface GuardedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const callers = new WeakMap<object, Caller>();

/** Who made this request. Throws the 401 problem for one that the guard has not let through. */
export const callerOf = (request: object): Caller => {
  const caller = callers.get(request);
  if (!caller) throw unauthorised();
  return caller;
};

/** Parameter of a handler: the `Caller`. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<object>()),
);

/**
 * Lets a request through when its access token is valid and has the scope that the handler asks for. Closed by
 * default: a handler that asks for none, and is not open to all, is refused. Each failing token gets the same 401.
 */
@Injectable()
export class AccessTokenGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(VERIFY_ACCESS_TOKEN) private readonly verify: VerifyAccessToken,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // A handler of the bus has no caller; what it handles was checked at the door.
    if (context.getType() !== 'http') return true;
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(OPEN, places) === true) return true;

    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const caller = await this.callerOf(request);
    callers.set(request, caller);

    const scopes = this.reflector.getAllAndOverride<readonly string[] | undefined>(SCOPE, places);
    if (scopes === undefined) throw problemOf(403);
    if (!scopes.some((scope) => caller.scope.includes(scope))) throw insufficientScope();
    return true;
  }

  private async callerOf({ headers }: GuardedRequest): Promise<Caller> {
    const header = headers.authorization;
    const token = typeof header === 'string' ? BEARER.exec(header)?.[1] : undefined;
    if (token === undefined) throw unauthorised();
    try {
      return await this.verify(token);
    } catch (error) {
      throw error instanceof TokenRefused ? unauthorised() : error;
    }
  }
}
