import type { Pool } from 'pg';
import {
  adoptedAgreements,
  agreementLife,
  desksFor,
  documentsOf,
  postsOf,
  revocationsOf,
  SIGNATURES_NEEDED,
  standingSignatures,
  versionsHeld,
  type AgreementLife,
  type HeldDocument,
} from '#chronology';
import type { Commands, ContributionDraft, Reference } from '#intake';
import { Problem, type ProblemField } from '#platform';
import { parseAgreement, partiesOf, placesIn, type Refusal, type Viewer } from '#sharing';
import { loadPerson, type LoadedPerson } from '../reading/load-person.js';
import type { ScopeLoader } from '../reading/load-read-scope.js';
import { examine, readable, type Examined } from './examine-document.js';

/** Role that signs for an organisation. */
export const GOVERNANCE_ROLE = 'information-governance';

const agreementReference = (id: string): Reference => ({
  kind: 'agreement',
  organisation: 'hub',
  system: 'agreements',
  localId: id.toLowerCase(),
});

const DRAFT: Pick<ContributionDraft, 'about' | 'ancestors'> = { about: 'child', ancestors: [] };

/** A document as it was sent: read, and the text of it, so that what is wrong can be named with its line. */
export interface BroughtDocument {
  readonly value: unknown;
  readonly text: string;
  /** Place of the document inside the text. */
  readonly root: string;
  /** The text is kept as it is; else the value is. */
  readonly isText: boolean;
}

interface VersionAsked {
  readonly post: Viewer;
  readonly person: LoadedPerson;
  readonly held: HeldDocument;
  readonly examined: Examined;
}

const noSuchVersion = (): Problem => new Problem(404, 'no-such-agreement', 'The hub holds no such version');

/** Places with the lines of the text in which they stand. */
const fieldsOf = (refusals: readonly Refusal[], text: string, root = '$'): ProblemField[] => {
  const positionOf = placesIn(text, root);
  return refusals.map(({ place, reason }) => ({ field: `document${place.slice(1)}`, reason, ...positionOf(place) }));
};

const everything = ({ agreements, pending }: LoadedPerson) => [...agreements, ...pending];

/** Brings agreements in and takes signatures. What it writes goes through the door that everything goes through. */
export class AgreementDesk {
  constructor(
    private readonly pool: Pool,
    private readonly loader: ScopeLoader,
    private readonly commands: Commands,
  ) {}

  /** Keeps a version as a draft. What keeps it from being adopted comes back, and refuses nothing yet. */
  async bring(
    login: string,
    id: string,
    version: string,
    document: BroughtDocument,
    desk: string | null,
    trace: string,
  ) {
    const { post, person } = await this.governance(login, null);
    const refuse = (errors: readonly ProblemField[]): never => {
      throw new Problem(400, 'bad-agreement', 'The agreement was not taken', { errors });
    };
    const parsed = parseAgreement(document.value, desksFor(document.value, desk));
    if ('refused' in parsed) return refuse(fieldsOf(parsed.refused, document.text, document.root));
    const { agreement, imported } = parsed;
    if (imported && imported.parties.length !== 1) {
      return refuse([{ field: 'document', reason: 'holds more than one organisation' }]);
    }
    const own = imported ? [imported.parties[0]!.organisation, agreement.version] : [agreement.id, agreement.version];
    if (own[0]!.toLowerCase() !== id.toLowerCase())
      return refuse([{ field: 'id', reason: 'differs from the document' }]);
    if (own[1] !== version) return refuse([{ field: 'version', reason: 'differs from the document' }]);
    if (partiesOf(agreement, post.organisation).length === 0) {
      throw new Problem(403, 'not-a-party', 'Only governance people of a party may bring an agreement in');
    }
    const text = document.isText ? document.text.replace(/^\uFEFF/, '') : JSON.stringify(document.value);
    const { refusals } = examine({ document: text, desk });
    const toDo = fieldsOf(refusals, document.text, document.root);
    const [held] = documentsOf(everything(person), id, version);
    if (held && (held.document !== text || held.desk !== desk)) {
      throw new Problem(409, 'version-held', 'The hub holds another document of this version', {
        errors: [{ field: 'version', reason: 'held' }],
      });
    }
    if (held) return { agreement: id, version, receipt: null, refusals: toDo };
    const receipt = await this.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace,
      drafts: (receivedAt) => [
        {
          ...DRAFT,
          subject: agreementReference(id),
          type: 'agreement-document',
          recordType: 'agreement-document',
          recordKey: `document/${version}`,
          rank: { by: 'sequence', value: receivedAt },
          occurred: { from: receivedAt, precision: 'exact' },
          body: {
            agreement: id,
            version,
            shape: imported ? 'dfe-policy' : 'agreement/1',
            document: text,
            desk,
          },
        },
      ],
    });
    return { agreement: id, version, receipt, refusals: toDo };
  }

  /** Records that a version passes its tests, or refuses with every place at which it does not. */
  async test(login: string, id: string, version: string, organisation: string | null, trace: string) {
    const { post, held, examined } = await this.versionAsked(login, id, version, organisation);
    this.refuseUntested(examined);
    const receipt = await this.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace,
      drafts: (receivedAt) => [testedDraft(id, version, held, examined, receivedAt)],
    });
    return { agreement: id, version, receipt, cases: examined.cases };
  }

  async adopt(
    login: string,
    id: string,
    version: string,
    { inForceFrom, organisation }: { readonly inForceFrom: string; readonly organisation: string | null },
    trace: string,
  ) {
    const { post, person, held, examined } = await this.versionAsked(login, id, version, organisation);
    this.refuseUntested(examined);
    const all = everything(person);
    const isTested = agreementLife(person.agreements, person.pending, { id, version }, person.at).testedAt !== null;
    const revoked = revocationsOf(all, id)
      .filter((one) => one.organisation === post.organisation)
      .sort((a, b) => Date.parse(a.receivedAt) - Date.parse(b.receivedAt))
      .at(-1);
    const base = `adoption/${version}/${inForceFrom}/${post.organisation}/${post.staffKey}`;
    const receipt = await this.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace,
      drafts: (receivedAt) => [
        ...(isTested ? [] : [testedDraft(id, version, held, examined, receivedAt)]),
        {
          ...DRAFT,
          subject: agreementReference(id),
          type: 'agreement-adoption',
          recordType: 'agreement-adoption',
          // A signature after a revocation is another one, even with the same date.
          recordKey: revoked ? `${base}/after/${revoked.id}` : base,
          rank: { by: 'sequence', value: receivedAt },
          occurred: { from: receivedAt, precision: 'exact' },
          body: {
            agreement: id,
            version,
            organisation: post.organisation,
            document: held.id,
            signer: post.staffKey,
            inForceFrom,
          },
        },
      ],
    });
    const signers = new Set([
      ...standingSignatures(all, id, person.at)
        .filter((a) => a.version === version && a.organisation === post.organisation && a.inForceFrom === inForceFrom)
        .map((a) => a.signer),
      post.staffKey,
    ]);
    return {
      agreement: id,
      version,
      organisation: post.organisation,
      receipt,
      inForceFrom,
      signatures: signers.size,
      needed: SIGNATURES_NEEDED,
    };
  }

  /**
   * Takes a version back for the caller's organisation. One person suffices, for it narrows: it counts from its
   * acknowledgement on, or from the later instant given.
   */
  async revoke(
    login: string,
    id: string,
    version: string,
    decision: { readonly from: string | null; readonly reason: string; readonly organisation: string | null },
    trace: string,
  ) {
    // A document that can be read no longer closes its owners' records: they may still take it back.
    const { post, person } = await this.governance(login, decision.organisation);
    const { owners } = agreementLife(person.agreements, person.pending, { id, version }, person.at);
    const own = owners.find(({ organisation }) => organisation === post.organisation);
    if (!own || own.signatures.length === 0) {
      const [held] = documentsOf(everything(person), id, version);
      if (!held || !examine(held).isParty(post.organisation)) throw noSuchVersion();
      throw new Problem(409, 'not-adopted', 'Nobody of this organisation has signed this version');
    }
    let revokedFrom = '';
    const receipt = await this.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace,
      drafts: (receivedAt) => {
        revokedFrom =
          decision.from !== null && Date.parse(decision.from) > Date.parse(receivedAt) ? decision.from : receivedAt;
        return [
          {
            ...DRAFT,
            subject: agreementReference(id),
            type: 'agreement-revoked',
            recordType: 'agreement-revoked',
            recordKey: `revocation/${version}/${post.organisation}/${post.staffKey}/${receivedAt}`,
            rank: { by: 'sequence', value: receivedAt },
            occurred: { from: receivedAt, precision: 'exact' },
            body: {
              agreement: id,
              version,
              organisation: post.organisation,
              signer: post.staffKey,
              from: revokedFrom,
              reason: decision.reason,
            },
          },
        ];
      },
    });
    return { agreement: id, version, organisation: post.organisation, receipt, from: revokedFrom };
  }

  /** One version for the governance people of a party: its text, what it says in plain English, and where it stands. */
  async open(login: string, id: string, version: string) {
    const person = await loadPerson(this.pool, this.loader, login);
    const [held] = documentsOf(everything(person), id, version);
    const examined = held && examine(held);
    const post = this.governancePosts(person, login).find(
      ({ organisation }) => examined?.isParty(organisation) === true,
    );
    if (!held || !examined || !post) throw noSuchVersion();
    const text = readable(held.document);
    const positionOf = placesIn(text);
    const life = agreementLife(person.agreements, person.pending, { id, version }, person.at);
    return {
      agreement: held.agreement,
      version: held.version,
      title: examined.title,
      organisation: post.organisation,
      document: text,
      explanation: examined.explanation.map(({ title, sentences }) => ({
        title,
        sentences: sentences.map((sentence) => ({ ...sentence, line: positionOf(sentence.place).line })),
      })),
      refusals: fieldsOf(examined.refusals, text),
      cases: examined.cases,
      life: toldLife(life, post),
    };
  }

  /** The agreements in force now; to governance people of a party every version, with where it stands. */
  async list(login: string) {
    const person = await loadPerson(this.pool, this.loader, login);
    if (postsOf(person.staff, person.at, login).length === 0) return [];
    const inForce = stillInForce(person).map(({ id, version, owners }) => ({
      id,
      version,
      state: 'in-force' as const,
      owners,
    }));
    const governing = this.governancePosts(person, login).map(({ organisation }) => organisation);
    if (governing.length === 0) return inForce;
    const others = versionsHeld(everything(person))
      .filter(({ id, version }) => !inForce.some((one) => sameName(one.id, id) && one.version === version))
      .filter(({ id, version }) => {
        const [held] = documentsOf(everything(person), id, version);
        return held !== undefined && governing.some((organisation) => examine(held).isParty(organisation));
      })
      .map(({ id, version }) => ({
        id,
        version,
        state: agreementLife(person.agreements, person.pending, { id, version }, person.at).state,
        owners: [] as readonly string[],
      }));
    return [...inForce, ...others].sort((a, b) => compare(`${a.id}\n${a.version}`, `${b.id}\n${b.version}`));
  }

  /** A version of an agreement to which the caller's organisation is a party. To anybody else it is not there. */
  private async versionAsked(
    login: string,
    id: string,
    version: string,
    organisation: string | null,
  ): Promise<VersionAsked> {
    const { post, person } = await this.governance(login, organisation);
    const [held] = documentsOf(everything(person), id, version);
    if (!held) throw noSuchVersion();
    const examined = examine(held);
    if (!examined.isParty(post.organisation)) throw noSuchVersion();
    return { post, person, held, examined };
  }

  private refuseUntested({ refusals, document }: Examined): void {
    if (refusals.length === 0) return;
    throw new Problem(422, 'not-adoptable', 'This version cannot be adopted as it is', {
      errors: fieldsOf(refusals, readable(document)),
    });
  }

  /** The caller's governance post that stands whatever is pending. Someone with several says for which organisation. */
  private async governance(
    login: string,
    organisation: string | null,
  ): Promise<{ post: Viewer; person: LoadedPerson }> {
    const person = await loadPerson(this.pool, this.loader, login);
    const posts = this.governancePosts(person, login).filter(
      (post) => organisation === null || post.organisation === organisation,
    );
    const [post] = posts;
    if (!post) throw new Problem(403, 'not-governance', 'Only governance people of an owner may do this');
    if (posts.some((other) => other.organisation !== post.organisation)) {
      throw new Problem(409, 'which-organisation', 'Say for which organisation', {
        errors: [{ field: 'organisation', reason: 'missing' }],
      });
    }
    return { post, person };
  }

  private governancePosts(person: LoadedPerson, login: string): readonly Viewer[] {
    const standing = postsOf([...person.staff, ...person.pending], person.at, login);
    return postsOf(person.staff, person.at, login).filter(
      (post) =>
        post.role === GOVERNANCE_ROLE &&
        standing.some((now) => now.staffKey === post.staffKey && now.role === GOVERNANCE_ROLE),
    );
  }
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is in force by what is filed, and still is with what is on its way. */
const stillInForce = (person: LoadedPerson) => {
  const now = adoptedAgreements(everything(person), person.at).inForce;
  return adoptedAgreements(person.agreements, person.at).inForce.flatMap((one) => {
    const then = now.find((other) => sameName(other.id, one.id) && other.version === one.version);
    const owners = one.owners.filter((owner) => then?.owners.includes(owner));
    return owners.length > 0 ? [{ ...one, owners }] : [];
  });
};

const testedDraft = (
  id: string,
  version: string,
  held: HeldDocument,
  { cases }: Examined,
  receivedAt: string,
): ContributionDraft => ({
  ...DRAFT,
  subject: agreementReference(id),
  type: 'agreement-tested',
  recordType: 'agreement-tested',
  recordKey: `tested/${version}/${held.id}`,
  rank: { by: 'sequence', value: receivedAt },
  occurred: { from: receivedAt, precision: 'exact' },
  body: { agreement: id, version, document: held.id, cases },
});

/** Signatures without who gave them: whether one is the reader's own is all that he needs. */
const toldLife = ({ state, testedAt, owners }: AgreementLife, post: Viewer) => ({
  state,
  testedAt,
  needed: SIGNATURES_NEEDED,
  owners: owners.map(({ signatures, ...owner }) => ({
    ...owner,
    signatures: signatures.map(({ inForceFrom, receivedAt, signer }) => ({
      inForceFrom,
      signedAt: receivedAt,
      own: signer === post.staffKey,
    })),
  })),
});
