import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { CurrentCaller, Problem, RequireScope, type Caller } from '#platform';
import { TokenBox } from '../reading/handles.js';
import { ReadNotRecorded } from '../reading/read-chronology.js';
import { MyChildren } from './my-children.js';
import { Profiles } from './profiles.js';

/** What concerns the person who asks. */
@Controller('v1/my')
export class MyController {
  constructor(
    @Inject(Profiles) private readonly profiles: Profiles,
    @Inject(MyChildren) private readonly children: MyChildren,
    @Inject(TokenBox) private readonly box: TokenBox,
  ) {}

  /** Who the hub takes the caller for, at this instant. */
  @Get('profile')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  profile(@CurrentCaller() caller: Caller) {
    return this.profiles.of(caller.subject);
  }

  /** The children of one's own relations, newest relation first, with what is new since one's last read. */
  @Get('children')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async list(@CurrentCaller() caller: Caller, @Query('cursor') cursor?: string) {
    const purpose = `my-children/${caller.subject}`;
    const before = cursor === undefined ? null : this.box.open(cursor, purpose);
    if (before !== null && typeof before !== 'number') {
      throw new Problem(400, 'bad-request', 'The question was not understood', {
        errors: [{ field: 'cursor', reason: 'not-allowed' }],
      });
    }
    try {
      const { readId, children, next } = await this.children.list(caller.subject, before);
      return { readId, children, cursor: next === null ? null : this.box.seal(next, purpose) };
    } catch (error) {
      if (!(error instanceof ReadNotRecorded)) throw error;
      throw new Problem(503, 'not-recorded', 'The look could not be recorded, so nothing is shown; try again');
    }
  }
}
