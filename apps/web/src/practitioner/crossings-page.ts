import { dateText } from '../text/dates.js';
import { partyKindText, serviceText } from '../text/labels.js';
import type { Crossings } from './answers.js';
import { chronologyPath } from './home-page.js';

export interface CrossingLine {
  readonly href: string;
  readonly child: string;
  readonly who: string;
  readonly isNew: boolean;
}

const whoText = ({ service, party }: Crossings['crossings'][number]): string =>
  service
    ? `${service.organisationName}, ${serviceText(service.service)}`
    : `${partyKindText(party?.kind ?? '')}: ${party?.desk ?? ''}`;

/** Services whose people began to see a child through its links, a line each. */
export const crossingLines = ({ crossings }: Pick<Crossings, 'crossings'>, purpose: string): readonly CrossingLine[] =>
  crossings.map((crossing) => {
    const { name, birthDate } = crossing.child;
    return {
      href: chronologyPath(crossing.handle, purpose),
      child:
        (name ?? 'A child whose name your service has not recorded') +
        (birthDate === null ? '' : `, born ${dateText(birthDate)}`),
      who: whoText(crossing),
      isNew: crossing.new,
    };
  });
