import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OpenToAll, problemOf } from '#platform';
import { Pages } from './pages.js';

/** Addresses at which programs ask, not people. */
const FOR_PROGRAMS = /^\/(v1|issuer|health|assets)(\/|\?|$)/i;

/** Whatever has no page: a page for browsers, a problem for programs. It looks at the address and nothing else. */
@OpenToAll()
@Controller()
export class NothingHereController {
  constructor(@Inject(Pages) private readonly pages: Pages) {}

  @Get('*')
  nothing(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const forPeople = /\btext\/html\b/.test(request.headers.accept ?? '') && !FOR_PROGRAMS.test(request.url);
    if (!forPeople) throw problemOf(404);
    this.pages.render(reply, request, 'errors/404', {}, { status: 404 });
  }
}
