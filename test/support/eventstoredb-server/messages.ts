import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  BatchAppendReq,
  BatchAppendResp,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { Expected } from './check-version.js';
import type { ProposedEvent, RecordedEvent } from './event-log.js';

export const maxAppendSize = 1_048_576;

/** What an append is charged with. */
export const sizeOf = (events: readonly ProposedEvent[]): number =>
  events.reduce((sum, { type, data, metadata }) => sum + data.length + metadata.length + 2 * type.length, 0);

export const nameOf = (identifier: { getStreamName_asU8(): Uint8Array } | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();

type Options = AppendReq.Options | BatchAppendReq.Options;

export const expectedOf = (options: Options): Expected => {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return Number('getRevision' in options ? options.getRevision() : options.getStreamPosition());
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Throws for an id that is no UUID and for a type that is empty, as the server's own reading of a message does. */
export const proposedOf = (message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): ProposedEvent => {
  const id = message.getId()?.getString().toLowerCase() ?? '';
  const type = message.getMetadataMap().get('type') ?? '';
  if (!uuid.test(id) || type === '') throw new Error('not an event');
  return {
    id,
    type,
    contentType: message.getMetadataMap().get('content-type') ?? 'application/octet-stream',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
};

const identifierOf = (stream: string): InstanceType<typeof shared.StreamIdentifier> =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream));

interface Details {
  readonly name: string;
  readonly message: string;
  readonly bytes: Uint8Array;
}

export const batchResponse = (correlation: string, stream: string): BatchAppendResp =>
  new streams.BatchAppendResp()
    .setCorrelationId(new shared.UUID().setString(correlation))
    .setStreamIdentifier(identifierOf(stream));

export const withSuccess = (response: BatchAppendResp, last: RecordedEvent | undefined): BatchAppendResp => {
  const success = new streams.BatchAppendResp.Success().setCurrentRevision(String(last?.revision ?? 0));
  if (last === undefined) success.setNoPosition(new shared.Empty());
  else success.setPosition(allPosition(last.position));
  return response.setSuccess(success);
};

/** A status whose details are there, and empty: field 3, no bytes. */
const emptyDetails = Uint8Array.of(0x1a, 0);

const withError = (response: BatchAppendResp, { name, message, bytes }: Details): BatchAppendResp => {
  const error = status.Status.deserializeBinary(emptyDetails).setMessage(message);
  error.getDetails()?.pack(bytes, `event_store.client.${name}`);
  return response.setError(error);
};

export const withWrongVersion = (
  response: BatchAppendResp,
  expected: Expected,
  current: number | undefined,
): BatchAppendResp => {
  const empty = new shared.Empty();
  const wrong = new shared.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(empty);
  else wrong.setCurrentStreamRevision(String(current));
  if (expected === 'any') wrong.setExpectedAny(empty);
  else if (expected === 'no_stream') wrong.setExpectedNoStream(empty);
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(empty);
  else wrong.setExpectedStreamPosition(String(expected));
  return withError(response, {
    name: 'WrongExpectedVersion',
    message: 'WrongExpectedVersion',
    bytes: wrong.serializeBinary(),
  });
};

export const withTimeout = (response: BatchAppendResp): BatchAppendResp =>
  withError(response, { name: 'Timeout', message: 'Timeout', bytes: new shared.Timeout().serializeBinary() });

export const withBadRequest = (response: BatchAppendResp): BatchAppendResp =>
  withError(response, { name: 'BadRequest', message: 'BadRequest', bytes: new shared.BadRequest().serializeBinary() });

export const withTooLarge = (response: BatchAppendResp): BatchAppendResp =>
  withError(response, {
    name: 'MaximumAppendSizeExceeded',
    message: 'MaximumAppendSizeExceeded',
    bytes: new shared.MaximumAppendSizeExceeded().setMaxappendsize(maxAppendSize).serializeBinary(),
  });

const allPosition = (position: number): InstanceType<typeof shared.AllStreamPosition> =>
  new shared.AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position));

export const unarySuccess = (last: RecordedEvent | undefined): InstanceType<typeof streams.AppendResp> => {
  const success = new streams.AppendResp.Success().setCurrentRevision(String(last?.revision ?? 0));
  if (last === undefined) success.setNoPosition(new shared.Empty());
  else {
    const position = String(last.position);
    success.setPosition(new streams.AppendResp.Position().setCommitPosition(position).setPreparePosition(position));
  }
  return new streams.AppendResp().setSuccess(success);
};

export const unaryWrongVersion = (
  expected: Expected,
  current: number | undefined,
): InstanceType<typeof streams.AppendResp> => {
  const empty = new shared.Empty();
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(empty);
  else wrong.setCurrentRevision(String(current));
  if (expected === 'any') wrong.setExpectedAny(empty);
  else if (expected === 'no_stream') wrong.setExpectedNoStream(empty);
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(empty);
  else wrong.setExpectedRevision(String(expected));
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
};

export const confirmation = (id: string): ReadResp =>
  new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id));

export const caughtUp = (): ReadResp => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

export const checkpoint = (position: number): ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
  );

export const streamNotFound = (stream: string): ReadResp =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream)),
  );

export const eventOf = (event: RecordedEvent, ofAll: boolean): ReadResp => {
  const position = String(event.position);
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(identifierOf(event.stream))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.contentType)
    .set('created', event.created);
  const read = new streams.ReadResp.ReadEvent().setEvent(recorded);
  if (ofAll) read.setCommitPosition(position);
  else read.setNoPosition(new shared.Empty());
  return new streams.ReadResp().setEvent(read);
};

export const supportedMethods = (): InstanceType<typeof serverFeatures.SupportedMethods> =>
  new serverFeatures.SupportedMethods().setEventStoreServerVersion('0.0.0-test').setMethodsList(
    [
      { name: 'append', features: [] },
      { name: 'batchappend', features: ['deadline_duration'] },
      { name: 'read', features: ['position', 'events'] },
    ].map(({ name, features }) =>
      new serverFeatures.SupportedMethod()
        .setServiceName('event_store.client.streams.streams')
        .setMethodName(name)
        .setFeaturesList(features),
    ),
  );
