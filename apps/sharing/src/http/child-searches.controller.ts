import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { checkNhsNumber, checkUpn } from '#identity';
import { safeName } from '#intake';
import { CurrentCaller, JsonPipe, Problem, RequireScope, type Caller } from '#platform';
import { Handles, type Description } from '../reading/handles.js';

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 256;

const PURPOSE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** `YYYY-MM-DD` of the calendar: there is no 30 February. */
const isRealDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

interface Search {
  readonly description: Description;
  readonly purpose: string;
}

const refuse = (field: string, reason: string): never => {
  throw new Problem(400, 'bad-search', 'Say whom you mean', { errors: [{ field, reason }] });
};

/** Reads a search strictly. What it says is never repeated. */
export const readSearch = (body: unknown): Search => {
  const search = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const known = ['nhsNumber', 'upn', 'system', 'localId', 'givenName', 'familyName', 'birthDate', 'purpose'];
  for (const name of Object.keys(search)) if (!known.includes(name)) refuse(safeName(name), 'unknown-field');
  const { purpose } = search;
  if (!isText(purpose) || !PURPOSE.test(purpose))
    return refuse('purpose', purpose === undefined ? 'missing' : 'not-allowed');
  for (const name of known) if (search[name] !== undefined && !isText(search[name])) refuse(name, 'not-text');
  const text = (name: string) => search[name] as string | undefined;
  const [nhsNumber, upn, localId] = [text('nhsNumber'), text('upn'), text('localId')];
  if (nhsNumber !== undefined) {
    const { normal, valid } = checkNhsNumber(nhsNumber);
    return valid
      ? { purpose, description: { by: 'identifier', kind: 'nhs-number', value: normal } }
      : refuse('nhsNumber', 'wrong-check-digit');
  }
  if (upn !== undefined) {
    const { normal, valid } = checkUpn(upn);
    return valid
      ? { purpose, description: { by: 'identifier', kind: 'upn', value: normal } }
      : refuse('upn', 'wrong-check-digit');
  }
  if (localId !== undefined) {
    const system = text('system') ?? refuse('system', 'missing');
    return { purpose, description: { by: 'reference', system, localId } };
  }
  const [givenName, familyName, birthDate] = [text('givenName'), text('familyName'), text('birthDate')];
  if (givenName === undefined && familyName === undefined && birthDate === undefined)
    return refuse('nhsNumber', 'missing');
  return {
    purpose,
    description: {
      by: 'name',
      givenName: givenName ?? refuse('givenName', 'missing'),
      familyName: familyName ?? refuse('familyName', 'missing'),
      birthDate: birthDate !== undefined && isRealDay(birthDate) ? birthDate : refuse('birthDate', 'not-a-date'),
    },
  };
};

@Controller('v1/child-searches')
export class ChildSearchesController {
  constructor(@Inject(Handles) private readonly handles: Handles) {}

  /** One handle, whatever is held. Making it does not look. */
  @Post()
  @HttpCode(201)
  @RequireScope('read')
  async search(@CurrentCaller() caller: Caller, @Body(JsonPipe) body: unknown) {
    const { description } = readSearch(body);
    return { handle: await this.handles.create(caller.subject, description) };
  }
}
