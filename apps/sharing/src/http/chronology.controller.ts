import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { renderEntries } from '#chronology';
import { CurrentCaller, Problem, RequireScope, type Caller } from '#platform';
import { Completeness } from '../reading/completeness.js';
import { Handles, TokenBox } from '../reading/handles.js';
import { ChronologyReader, ReadNotRecorded } from '../reading/read-chronology.js';
import { ReceiptWait } from '../reading/receipt-wait.js';

const PURPOSE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const DEFAULT_SIZE = 100;
const MOST = 500;

interface CursorPlace {
  readonly handle: string;
  readonly purpose: string;
  readonly after: { readonly sort: string; readonly id: string };
}

const bad = (field: string, reason: string): never => {
  throw new Problem(400, 'bad-request', 'The question was not understood', { errors: [{ field, reason }] });
};

@Controller('v1/children/:handle')
export class ChronologyController {
  constructor(
    @Inject(Handles) private readonly handles: Handles,
    @Inject(TokenBox) private readonly box: TokenBox,
    @Inject(ChronologyReader) private readonly reader: ChronologyReader,
    @Inject(Completeness) private readonly completeness: Completeness,
    @Inject(ReceiptWait) private readonly receipts: ReceiptWait,
  ) {}

  /**
   * What this viewer may see of the person the handle stands for, recorded before it is given. Nothing held and
   * nothing allowed look the same.
   */
  @Get('chronology')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async chronology(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Query('purpose') givenPurpose?: string,
    @Query('limit') limit?: string,
    @Query('cursor') cursor?: string,
    @Query('receipt') receipt?: string,
  ) {
    if (givenPurpose === undefined || !PURPOSE.test(givenPurpose)) {
      return bad('purpose', givenPurpose === undefined ? 'missing' : 'not-allowed');
    }
    const purpose = givenPurpose.toUpperCase();
    const size = limit === undefined ? DEFAULT_SIZE : Number(limit);
    if (!Number.isSafeInteger(size) || size < 1 || size > MOST) return bad('limit', 'not-allowed');
    const description = await this.handles.find(caller.subject, handle);
    if (!description) throw new Problem(404, 'no-such-handle', 'This is no handle of yours; search again');
    const after = cursor === undefined ? null : this.placeOf(cursor, caller, handle, purpose);
    if (receipt !== undefined) await this.receipts.wait(caller.subject, receipt);
    try {
      const answer = await this.reader.read({
        login: caller.subject,
        handle,
        description,
        purpose,
        page: { size, after },
      });
      const { view, coordinates } = answer;
      return {
        readId: answer.readId,
        handle,
        purpose,
        child: view.known,
        entries: renderEntries(answer.page, view.entries, coordinates.at).map((entry) =>
          entry.owner ? { ...entry, party: this.completeness.partyOf(entry.owner.organisation) } : entry,
        ),
        notices: view.notices.map(({ partyKind, desk }) => ({ partyKind, desk })),
        linkBeingChecked: view.linkBeingChecked,
        moreDetailNeeded: view.moreDetailNeeded,
        upTo: view.upTo,
        ...(view.emergency && {
          emergency: { accessId: view.emergency.access, until: new Date(view.emergency.until).toISOString() },
        }),
        completeness: await this.completeness.of(view.inForce, coordinates.at),
        token: this.box.seal({ position: coordinates.position, store: coordinates.store }, 'token'),
        cursor:
          answer.next &&
          this.box.seal({ handle, purpose, after: answer.next } satisfies CursorPlace, this.cursorOf(caller)),
      };
    } catch (error) {
      if (!(error instanceof ReadNotRecorded)) throw error;
      throw new Problem(503, 'not-recorded', 'The read could not be recorded, so nothing is shown; try again');
    }
  }

  private cursorOf(caller: Caller): string {
    return `cursor/${caller.subject}`;
  }

  private placeOf(cursor: string, caller: Caller, handle: string, purpose: string): CursorPlace['after'] {
    const place = this.box.open(cursor, this.cursorOf(caller)) as CursorPlace | undefined;
    if (!place || place.handle !== handle || place.purpose !== purpose) return bad('cursor', 'not-allowed');
    return place.after;
  }
}
