import { dateTimeText } from '../shell/dates.js';
import { words } from '../text/labels.js';

/** What the API answers of what one's own service said, as far as it can be ended. */
export interface RelationsThatCount {
  readonly contacts: readonly {
    readonly id: string;
    readonly until: string;
    readonly from: string;
    readonly reason: string | null;
  }[];
  readonly moves: readonly {
    readonly id: string;
    readonly by: string;
    readonly organisation: string;
    readonly from: string;
    readonly reason: string | null;
    readonly own: boolean;
    readonly accepted: { readonly at: string; readonly statement: string | null } | null;
  }[];
  readonly confirmations: readonly {
    readonly id: string;
    readonly organisation: string;
    readonly service: string | null;
    readonly relation: string;
    readonly at: string;
    readonly reason: string | null;
  }[];
}

const CONFIRMED: Readonly<Record<string, string>> = {
  'on-roll': 'On the roll of the school',
  registered: 'Registered with the practice or service',
  invited: 'Invited to a meeting',
};

const reasonText = (reason: string | null): string => reason ?? 'Cannot be read';

/** A card of the page, with the one link at which it is ended, where it can be. */
const card = (title: string, rows: Readonly<Record<string, string>>, text = '', href = '') => ({
  card: { title: { text: title, headingLevel: 3 }, ...(href === '' ? {} : { actions: { items: [{ href, text }] } }) },
  rows: Object.entries(rows).map(([key, value]) => ({ key: { text: key }, value: { text: value } })),
});

/** `here`: path of the pages on which people say who works with the child. */
export const standingPage = ({ contacts, moves, confirmations }: RelationsThatCount, here: string) => ({
  contacts: contacts.map(({ id, from, until, reason }) =>
    card(
      `Contact of ${dateTimeText(from)}`,
      { 'What it is about': reasonText(reason), 'Open until': dateTimeText(until) },
      'Record what came of it',
      `${here}/contacts/${encodeURIComponent(id)}`,
    ),
  ),
  moves: moves.map(({ id, by, organisation, from, reason, own, accepted }) => {
    const title = `Move from ${by} to ${organisation}`;
    const rows = { 'Both are responsible since': dateTimeText(from), 'What is known of it': reasonText(reason) };
    if (!accepted) {
      const [text, name] = own ? ['Take it back', 'back'] : ['Accept in writing', 'acceptance'];
      return card(title, rows, text, `${here}/moves/${encodeURIComponent(id)}/${name}`);
    }
    const said = { Accepted: dateTimeText(accepted.at), 'In writing': reasonText(accepted.statement) };
    return card(title, { 'What is known of it': rows['What is known of it'], ...said });
  }),
  confirmations: confirmations.map(({ id, organisation, service, relation, at, reason }) =>
    card(
      `${Object.hasOwn(CONFIRMED, relation) ? CONFIRMED[relation]! : words(relation)}: ${organisation}`,
      { Service: service ?? 'Every service of it', 'How it is known': reasonText(reason), Confirmed: dateTimeText(at) },
      'Take it back',
      `${here}/confirmations/${encodeURIComponent(id)}`,
    ),
  ),
});
