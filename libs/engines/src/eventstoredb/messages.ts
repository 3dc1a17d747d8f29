import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { StoreError, type ExpectedRevision, type StoredEvent, type StreamWrite } from '#event-sourcing';

/** Where to begin in everything: a position, or an end of it. */
export type AllStart = number | 'start' | 'end';

export interface StreamPage {
  readonly stream: string;
  readonly from: number | 'start' | 'end';
  readonly backwards: boolean;
  readonly count: number;
}

export interface AllPage {
  readonly from: AllStart;
  readonly backwards: boolean;
  readonly count: number;
}

const empty = (): InstanceType<typeof shared.Empty> => new shared.Empty();

const identifierOf = (stream: string): InstanceType<typeof shared.StreamIdentifier> =>
  new shared.StreamIdentifier().setStreamName(new TextEncoder().encode(stream));

const newOptions = (): ReadReq.Options =>
  new streams.ReadReq.Options()
    .setResolveLinks(false)
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(empty()));

export const streamPageRequest = ({ stream, from, backwards, count }: StreamPage): ReadReq => {
  const start = new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(identifierOf(stream));
  if (from === 'start') start.setStart(empty());
  else if (from === 'end') start.setEnd(empty());
  else start.setRevision(String(from));
  return new streams.ReadReq().setOptions(
    newOptions()
      .setStream(start)
      .setReadDirection(backwards ? 1 : 0)
      .setCount(String(count))
      .setNoFilter(empty()),
  );
};

const allStart = (from: AllStart): ReadReq.Options.AllOptions => {
  const start = new streams.ReadReq.Options.AllOptions();
  if (from === 'start') return start.setStart(empty());
  if (from === 'end') return start.setEnd(empty());
  return start.setPosition(
    new streams.ReadReq.Options.Position().setCommitPosition(String(from)).setPreparePosition(String(from)),
  );
};

export const allPageRequest = ({ from, backwards, count }: AllPage): ReadReq =>
  new streams.ReadReq().setOptions(
    newOptions()
      .setAll(allStart(from))
      .setReadDirection(backwards ? 1 : 0)
      .setCount(String(count))
      .setNoFilter(empty()),
  );

/** The server says where it is after looking at 32 events, times this. */
const checkpointEvery = 32;

/** Everything after the position, as it comes, without events of the server's own types. */
export const subscribeRequest = (after: number | 'start'): ReadReq =>
  new streams.ReadReq().setOptions(
    newOptions()
      .setAll(allStart(after))
      .setSubscription(new streams.ReadReq.Options.SubscriptionOptions())
      .setFilter(
        new streams.ReadReq.Options.FilterOptions()
          .setEventType(new streams.ReadReq.Options.FilterOptions.Expression().setRegex('^[^$].*'))
          .setCount(empty())
          .setCheckpointintervalmultiplier(checkpointEvery),
      ),
  );

/** Without a deadline, which would be a time of the server's clock: the server has a timeout of its own. */
export const batchAppendRequest = (correlation: string, write: StreamWrite): BatchAppendReq => {
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifierOf(write.stream));
  if (write.expectedRevision === 'none') options.setNoStream(empty());
  else options.setStreamPosition(String(write.expectedRevision));
  return new streams.BatchAppendReq()
    .setOptions(options)
    .setCorrelationId(new shared.UUID().setString(correlation))
    .setIsFinal(true)
    .setProposedMessagesList(
      write.events.map(({ id, type, data, metadata }) => {
        const message = new streams.BatchAppendReq.ProposedMessage()
          .setId(new shared.UUID().setString(id))
          .setData(bytesOf(data))
          .setCustomMetadata(bytesOf(metadata));
        message.getMetadataMap().set('type', type).set('content-type', 'application/octet-stream');
        return message;
      }),
    );
};

/** A subclass such as Buffer would be taken for something else on the way. */
const bytesOf = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** `position` is undefined where the server gave none that is one. */
export type AppendAnswer =
  | { readonly answer: 'appended'; readonly revision: number; readonly position: number | undefined }
  | { readonly answer: 'wrong-version'; readonly actual: ExpectedRevision }
  | { readonly answer: 'refused'; readonly type: string };

export const appendAnswerOf = (response: BatchAppendResp): AppendAnswer => {
  const success = response.getSuccess();
  if (success) {
    const position = Number(success.getPosition()?.getCommitPosition() ?? NaN);
    return {
      answer: 'appended',
      revision: safe(success.getCurrentRevision()),
      position: Number.isSafeInteger(position) ? position : undefined,
    };
  }
  const details = response.getError()?.getDetails();
  const type = details?.getTypeName() ?? 'unknown';
  const wrong =
    type === 'event_store.client.WrongExpectedVersion'
      ? details?.unpack((bytes) => shared.WrongExpectedVersion.deserializeBinary(bytes), type)
      : undefined;
  if (!wrong) return { answer: 'refused', type };
  return {
    answer: 'wrong-version',
    actual: wrong.hasCurrentStreamRevision() ? safe(wrong.getCurrentStreamRevision()) : 'none',
  };
};

/** An event with its bytes as they are stored; the server's own are marked. */
export interface ReadEvent extends StoredEvent {
  /** A system event, or a link to another event. */
  readonly isServers: boolean;
}

export const readEventOf = (response: ReadResp): ReadEvent | undefined => {
  const read = response.getEvent();
  const event = read?.getEvent() ?? read?.getLink();
  if (!event) return undefined;
  const metadata = event.getMetadataMap();
  const stream = new TextDecoder().decode(event.getStreamIdentifier()?.getStreamName_asU8());
  const type = metadata.get('type') ?? '';
  return {
    stream,
    revision: safe(event.getStreamRevision()),
    position: safe(event.getCommitPosition()),
    id: event.getId()?.getString().toLowerCase() ?? '',
    type,
    data: event.getData_asU8(),
    metadata: event.getCustomMetadata_asU8(),
    isServers: stream.startsWith('$') || type.startsWith('$') || read?.hasLink() === true,
  };
};

export const toStored = ({ stream, revision, position, id, type, data, metadata }: ReadEvent): StoredEvent => ({
  stream,
  revision,
  position,
  id,
  type,
  data,
  metadata,
});

/** Numbers of the protocol have 64 bits; ours go to 2^53. */
export const safe = (value: string): number => {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new StoreError('unavailable', 'the event store named a number above 2^53');
  return number;
};
