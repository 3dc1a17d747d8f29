import { createParamDecorator, Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { callerOf, problemOf, unauthorised } from '#platform';
import { Auditors, type Auditor } from './auditors.js';

const auditors = new WeakMap<object, Auditor>();

/** Parameter of a handler: the `Auditor`. */
export const CurrentAuditor = createParamDecorator((_data: unknown, context: ExecutionContext): Auditor => {
  const auditor = auditors.get(context.switchToHttp().getRequest<object>());
  if (!auditor) throw unauthorised();
  return auditor;
});

/** One refusal for everybody who may not look, before anything of what is asked is read. */
@Injectable()
export class AuditorGuard implements CanActivate {
  constructor(@Inject(Auditors) private readonly all: Auditors) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<object>();
    const auditor = await this.all.find(callerOf(request).subject);
    if (!auditor) throw problemOf(403);
    auditors.set(request, auditor);
    return true;
  }
}
