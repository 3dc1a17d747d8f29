import type { Pool } from 'pg';
import { adoptedAgreements, adoptionsOf, desksFor, documentsOf, postsOf, SIGNATURES_NEEDED } from '#chronology';
import type { Commands, ContributionDraft, Reference } from '#intake';
import { Problem } from '#platform';
import { failingCases, parseAgreement, partiesOf, type Viewer } from '#sharing';
import { loadPerson, type LoadedPerson } from '../reading/load-person.js';
import type { ScopeLoader } from '../reading/load-read-scope.js';

/** Role that signs for an organisation. */
export const GOVERNANCE_ROLE = 'information-governance';

const agreementReference = (id: string): Reference => ({
  kind: 'agreement',
  organisation: 'hub',
  system: 'agreements',
  localId: id.toLowerCase(),
});

const DRAFT: Pick<ContributionDraft, 'about' | 'ancestors'> = { about: 'child', ancestors: [] };

/** Brings agreements in and takes signatures. What it writes goes through the door that everything goes through. */
export class AgreementDesk {
  constructor(
    private readonly pool: Pool,
    private readonly loader: ScopeLoader,
    private readonly commands: Commands,
  ) {}

  async bring(login: string, id: string, version: string, document: unknown, desk: string | null, trace: string) {
    const { post, person } = await this.governance(login, null);
    const refuse = (errors: readonly { field: string; reason: string }[]): never => {
      throw new Problem(400, 'bad-agreement', 'The agreement was not taken', { errors });
    };
    const parsed = parseAgreement(document, desksFor(document, desk));
    if ('refused' in parsed) {
      return refuse(parsed.refused.map(({ place, reason }) => ({ field: `document${place.slice(1)}`, reason })));
    }
    const { agreement, imported } = parsed;
    const failing = failingCases(document, imported);
    if (failing.length > 0) {
      return refuse(failing.map(({ place, reason }) => ({ field: `document${place.slice(1)}`, reason })));
    }
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
    const text = JSON.stringify(document);
    const [held] = documentsOf([...person.agreements, ...person.pending], id, version);
    if (held && (held.document !== text || held.desk !== desk)) {
      throw new Problem(409, 'version-held', 'The hub holds another document of this version', {
        errors: [{ field: 'version', reason: 'held' }],
      });
    }
    if (held) return { agreement: id, version, receipt: null };
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
    return { agreement: id, version, receipt };
  }

  async adopt(
    login: string,
    id: string,
    version: string,
    { inForceFrom, organisation }: { readonly inForceFrom: string; readonly organisation: string | null },
    trace: string,
  ) {
    const { post, person } = await this.governance(login, organisation);
    const [signed] = documentsOf([...person.agreements, ...person.pending], id, version);
    if (!signed) {
      throw new Problem(404, 'no-such-agreement', 'The hub holds no such version');
    }
    const receipt = await this.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace,
      drafts: (receivedAt) => [
        {
          ...DRAFT,
          subject: agreementReference(id),
          type: 'agreement-adoption',
          recordType: 'agreement-adoption',
          recordKey: `adoption/${version}/${inForceFrom}/${post.organisation}/${post.staffKey}`,
          rank: { by: 'sequence', value: receivedAt },
          occurred: { from: receivedAt, precision: 'exact' },
          body: {
            agreement: id,
            version,
            organisation: post.organisation,
            document: signed.id,
            signer: post.staffKey,
            inForceFrom,
          },
        },
      ],
    });
    const signers = new Set([
      ...adoptionsOf([...person.agreements, ...person.pending], id)
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

  async list(login: string) {
    const person = await loadPerson(this.pool, this.loader, login);
    if (postsOf(person.staff, person.at, login).length === 0) return [];
    return adoptedAgreements(person.agreements, person.at).inForce.map(({ id, version, owners }) => ({
      id,
      version,
      owners,
    }));
  }

  /** The caller's governance post that stands whatever is pending. Someone with several says for which organisation. */
  private async governance(
    login: string,
    organisation: string | null,
  ): Promise<{ post: Viewer; person: LoadedPerson }> {
    const person = await loadPerson(this.pool, this.loader, login);
    const standing = postsOf([...person.staff, ...person.pending], person.at, login);
    const posts = postsOf(person.staff, person.at, login).filter(
      (post) =>
        post.role === GOVERNANCE_ROLE &&
        (organisation === null || post.organisation === organisation) &&
        standing.some((now) => now.staffKey === post.staffKey && now.role === GOVERNANCE_ROLE),
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
}
