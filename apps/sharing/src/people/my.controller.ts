import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { CurrentCaller, Problem, RequireScope, type Caller } from '#platform';
import { whenRecorded } from '../http/decision-body.js';
import { TokenBox } from '../reading/handles.js';
import { Crossings } from './crossings.js';
import { MyChildren } from './my-children.js';
import { Profiles } from './profiles.js';

/** What concerns the person who asks. */
@Controller('v1/my')
export class MyController {
  constructor(
    @Inject(Profiles) private readonly profiles: Profiles,
    @Inject(MyChildren) private readonly children: MyChildren,
    @Inject(Crossings) private readonly crossings: Crossings,
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
    const { next, ...answer } = await whenRecorded(
      this.children.list(caller.subject, this.placeOf(cursor, `my-children/${caller.subject}`)),
    );
    return { ...answer, cursor: this.cursorOf(next, `my-children/${caller.subject}`) };
  }

  /** Services whose people began to see the children that are allocated to oneself, each once. */
  @Get('crossings')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async listCrossings(@CurrentCaller() caller: Caller, @Query('cursor') cursor?: string) {
    const { next, ...answer } = await whenRecorded(
      this.crossings.list(caller.subject, this.placeOf(cursor, `my-crossings/${caller.subject}`)),
    );
    return { ...answer, cursor: this.cursorOf(next, `my-crossings/${caller.subject}`) };
  }

  /** What this hub sealed for this list of this person, and nothing else. */
  private placeOf(cursor: string | undefined, purpose: string): number | null {
    if (cursor === undefined) return null;
    const place = typeof cursor === 'string' ? this.box.open(cursor, purpose) : undefined;
    if (typeof place !== 'number') {
      throw new Problem(400, 'bad-request', 'The question was not understood', {
        errors: [{ field: 'cursor', reason: 'not-allowed' }],
      });
    }
    return place;
  }

  private cursorOf(next: number | null, purpose: string): string | null {
    return next === null ? null : this.box.seal(next, purpose);
  }
}
