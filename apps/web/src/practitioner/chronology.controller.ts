import { Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Profile } from '../api/profile.js';
import { CurrentProfile } from '../session/current-session.js';
import { purposeOf } from '../session/purpose.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { Chronology } from './answers.js';
import { chronologyPage, filterOf, EMPTY_FILTER } from './chronology-page.js';

type Queries = Readonly<Record<string, unknown>>;

/** As many entries as a page of the API holds at most: what a filter leaves is told apart from what there is. */
const LIMIT = '500';

const EMERGENCY = 'EMERGENCY';

/** One child's chronology. Each request is a read of its own, recorded before anything is shown. */
@PageController('children/:handle')
export class ChronologyController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  async open(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentProfile() profile: Profile,
    @Param('handle') handle: string,
    @Query() query: Queries,
  ): Promise<void> {
    const page = chronologyPage(await this.read(request, handle, query), profile, filterOf(query));
    this.pages.render(reply, request, 'practitioner/chronology', { page });
  }

  /** The same on paper: everything that the read shows, with nothing to press. */
  @Get('print')
  async print(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentProfile() profile: Profile,
    @Param('handle') handle: string,
    @Query() query: Queries,
  ): Promise<void> {
    const page = chronologyPage(await this.read(request, handle, query), profile, EMPTY_FILTER);
    this.pages.render(reply, request, 'practitioner/print', { page });
  }

  private async read(request: FastifyRequest, handle: string, query: Queries): Promise<Chronology> {
    const { cursor, receipt, purpose } = query;
    return orThrow(
      await this.api.get<Chronology>(request, apiPath`/v1/children/${handle}/chronology`, {
        // What is opened in an emergency is bound to its handle, not to the session: saying so opens nothing.
        purpose: purpose === EMERGENCY ? EMERGENCY : purposeOf(request),
        limit: LIMIT,
        ...(typeof cursor === 'string' ? { cursor } : {}),
        ...(typeof receipt === 'string' ? { receipt } : {}),
      }),
    );
  }
}
