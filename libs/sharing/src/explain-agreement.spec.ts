import type { AgreementDocument } from './agreement-schema.js';
import { explainAgreement, explainImported } from './explain-agreement.js';
import { parseAgreement } from './parse-agreement.js';
import { exampleAgreement } from '../testing/example-agreement.js';
import { examplePolicies } from '../testing/example-policies.js';

const example = (): any => exampleAgreement();
const sentencesOf = (document: unknown) =>
  explainAgreement(document as AgreementDocument).flatMap(({ sentences }) => sentences);
const said = (clause: string, document: unknown = example()): string =>
  sentencesOf(document).find((one) => one.clause === clause)!.text;

describe('an agreement in plain English', () => {
  it('says of a permit who may see what of whose records, why, and how long', () => {
    expect(said('plan-to-school')).toBe(
      'Staff of school (dsl), in the role of dsl, at whose school the child is on roll, may see the summary and ' +
        'the fields status and lead contact: protection-plan records of council (care) about the child for safeguarding. ' +
        'Until the child is 18. For 12 months after it ended or happened. Readers are told: “Children’s services share ' +
        'plan status and contact with the school”.',
    );
    expect(said('notice-to-door')).toContain('about the child or an adult of the household');
    expect(said('notice-to-door')).toContain('for safeguarding or child protection');
    expect(said('notice-to-door')).toContain(
      'Of an adult of the household only where that person was 18 or older when it happened.',
    );
    expect(said('notice-to-door')).toContain('Only the newest 2 show.');
    expect(said('notice-to-door')).toContain('the place incident place');
    expect(said('minds-to-urgent')).toContain('Only where the child is unborn or under 25 when it is read.');
  });

  it('says of every other kind of clause what it does', () => {
    expect(said('who-helps')).toBe(
      'Staff of school (dsl) and council (door), at whose school the child is on roll or who triage an open contact ' +
        'about the child, are told that council (care) and school (dsl) are involved, by kind of party and desk alone for ' +
        'safeguarding. Only while the service is working with the child now. Only where the child is under ' +
        '18 when it is read.',
    );
    expect(said('released')).toBe(
      'supervisor of any party may release a record of tier originator to one named person. Staff of council (door) ' +
        'then see the summary and the field sanitised text for any purpose. For 28 days at most. Until the child is 18.',
    );
    expect(said('own-word')).toBe(
      'Readers everywhere, who give their own reason for looking, never see more than the summary of all records, whatever else ' +
        'allows it.',
    );
    expect(said('safe-address')).toBe(
      'Readers everywhere never see incident place in all records. Only when the address is protected.',
    );
    expect(said('own-service')).toContain('Not when the young person has agreed');
    expect(said('nothing-sealed')).toContain('never see any records of tier sealed');
  });

  it('has a sentence for every clause, party, purpose and waiver, each with its place', () => {
    const document = {
      ...example(),
      waivers: [{ clause: 'own-word', change: 'deleted', reason: 'It is tested elsewhere' }],
    };
    const places = sentencesOf(document).map(({ place }) => place);
    for (const list of ['existence', 'permits', 'releases', 'caps', 'forbids'])
      document[list].forEach((_: unknown, index: number) => expect(places).toContain(`$.${list}[${index}]`));
    for (const party of Object.keys(document.parties)) expect(places).toContain(`$.parties.${party}`);
    for (const purpose of Object.keys(document.purposes)) expect(places).toContain(`$.purposes.${purpose}`);
    expect(sentencesOf(document).at(-1)).toEqual({
      clause: 'own-word',
      place: '$.waivers[0]',
      text: 'No case would see it if this were deleted. Accepted because: It is tested elsewhere',
    });
  });

  it('says other things of documents that say other things', () => {
    const changes: ((permit: any) => void)[] = [
      (p) => (p.to = ['council.door']),
      (p) => (p.roles = ['head']),
      (p) => delete p.roles,
      (p) => (p.relation = ['team']),
      (p) => delete p.relation,
      (p) => (p.purposes = ['DIRECT_CARE']),
      (p) => (p.from = ['police.protect']),
      (p) => (p.records.types = ['notice']),
      (p) => (p.records.about = ['child', 'carer']),
      (p) => (p.records.tiers = ['contact']),
      (p) => (p.records.lookback = 'P1M'),
      (p) => (p.childAge = { max: 15, at: 'read' }),
      (p) => (p.newest = 4),
      (p) => (p.when = ['address-protected']),
      (p) => (p.unless = ['young-person-agreed']),
      (p) => (p.show.content = ['status']),
      (p) => (p.show.location = ['incident-place']),
      (p) => (p.becomes = 'uk-gdpr'),
      (p) => (p.handling = ['no-onward-sharing']),
    ];
    const texts = changes.map((change) => {
      const document = example();
      change(document.permits[0]);
      return said('plan-to-school', document);
    });
    expect(new Set([...texts, said('plan-to-school')]).size).toBe(changes.length + 1);
  });
});

describe('an imported policy in plain English', () => {
  it('says each cell with its rule', () => {
    const parsed = parseAgreement(examplePolicies());
    const imported = 'imported' in parsed ? parsed.imported! : null!;
    const sections = explainImported(imported);
    expect(sections.map(({ title }) => title)).toEqual([
      'Who takes part',
      'Who is told that a service is involved',
      'What is shared',
    ]);
    const texts = sections.flatMap(({ sentences }) => sentences.map(({ text }) => text));
    expect(texts).toHaveLength(imported.parties.length + imported.existence.length + imported.permits.length);
    expect(texts.join('\n')).toContain('An operation with a time limit.');
    expect(texts.join('\n')).not.toContain('undefined');
  });
});
