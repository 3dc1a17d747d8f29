import { Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chronologyPath } from '../practitioner/home-page.js';
import { SentForm, type Form } from '../session/form.js';
import { purposeOf } from '../session/purpose.js';
import { PageController } from '../shell/page-controller.js';
import { ALLEGATION, OUTCOME } from './allegation-forms.js';
import { DecisionForms, type Back } from './decision-forms.js';

const backTo = (request: FastifyRequest, handle: string): Back => ({
  href: chronologyPath(handle, purposeOf(request)),
  text: 'Back to the chronology',
});

/** Allegations that one's own service records, and what came of them. */
@PageController('children/:handle')
export class AllegationsController {
  constructor(@Inject(DecisionForms) private readonly forms: DecisionForms) {}

  @Get('allegations')
  ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('handle') handle: string): void {
    this.forms.show(request, reply, ALLEGATION, backTo(request, handle));
  }

  @Post('allegations')
  record(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @SentForm() form: Form,
  ): Promise<void> {
    return this.forms.take(request, reply, handle, ALLEGATION, backTo(request, handle), form);
  }

  @Get('entries/:entryId/outcome')
  askOutcome(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('handle') handle: string): void {
    this.forms.show(request, reply, OUTCOME, backTo(request, handle));
  }

  @Post('entries/:entryId/outcome')
  close(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('entryId') entryId: string,
    @SentForm() form: Form,
  ): Promise<void> {
    return this.forms.take(request, reply, handle, OUTCOME, backTo(request, handle), form, { entryId });
  }
}
