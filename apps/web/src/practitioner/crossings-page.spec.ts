import { crossingLines } from './crossings-page.js';

const known = { handle: 'h', child: { name: 'Ada Example', birthDate: '2015-06-12' }, new: true };

describe('whose people see a child', () => {
  it('is a service, or a party and its desk, with the child one action away', () => {
    const school = { organisation: 'E', organisationName: 'Example School', service: 'dsl' };
    const lines = crossingLines(
      {
        crossings: [
          { ...known, service: school, party: null },
          {
            ...known,
            child: { name: null, birthDate: null },
            service: null,
            party: { kind: 'HEALTH', desk: 'Nurse' },
            new: false,
          },
        ],
      },
      'SAFEGUARDING',
    );
    expect(lines).toEqual([
      {
        href: '/children/h?purpose=SAFEGUARDING',
        child: 'Ada Example, born 12 June 2015',
        who: 'Example School, safeguarding lead',
        isNew: true,
      },
      {
        href: '/children/h?purpose=SAFEGUARDING',
        child: 'A child whose name your service has not recorded',
        who: 'Health: Nurse',
        isNew: false,
      },
    ]);
  });
});
