import type { Profile } from '../api/profile.js';

export interface NavigationItem {
  readonly text: string;
  readonly href: string;
}

const DATA_MANAGER = 'data-manager';
const AUDITOR = 'auditor';
const GOVERNANCE = 'information-governance';
/** Who reviews what was opened in emergencies. */
const REVIEWERS = new Set(['override-reviewer', 'override-deputy', 'override-partnership']);
/** Who reviews by what relations people of their own organisation read. */
const RELATION_REVIEWERS = new Set(['override-reviewer', 'override-deputy']);
const GUARDIAN = 'hub-guardian';
/** Whose guardians are told of every emergency; those of others close children with whom they work. */
const PARTNERSHIP = 'PARTNERSHIP';
/** Roles that do not work with children. */
const KEEPERS = new Set([DATA_MANAGER, AUDITOR, GOVERNANCE, ...REVIEWERS]);

const isGuardianOfAll = ({ role, organisationKind }: Profile['posts'][number]): boolean =>
  role === GUARDIAN && organisationKind === PARTNERSHIP;

export const isPractitioner = ({ posts }: Profile): boolean =>
  posts.some((post) => !KEEPERS.has(post.role) && !isGuardianOfAll(post));
export const isDataManager = ({ posts }: Profile): boolean => posts.some(({ role }) => role === DATA_MANAGER);
const isReviewer = ({ posts }: Profile): boolean => posts.some(({ role }) => REVIEWERS.has(role));
const isRelationReviewer = ({ posts }: Profile): boolean => posts.some(({ role }) => RELATION_REVIEWERS.has(role));
const isGuardian = ({ posts }: Profile): boolean => posts.some(isGuardianOfAll);
/** Guardians of an organisation, who close children and are told who tries. */
export const closesChildren = ({ posts }: Profile): boolean =>
  posts.some((post) => post.role === GUARDIAN && !isGuardianOfAll(post));
export const isAuditor = ({ posts }: Profile): boolean => posts.some(({ role }) => role === AUDITOR);
const isGovernance = ({ posts }: Profile): boolean => posts.some(({ role }) => role === GOVERNANCE);

/** The pages that somebody's roles lead to. What a page may show is decided by the API, not here. */
export const navigationFor = (profile: Profile): readonly NavigationItem[] => [
  ...(isPractitioner(profile)
    ? [
        { text: 'My children', href: '/' },
        { text: 'Find a child', href: '/find' },
      ]
    : []),
  ...(closesChildren(profile) ? [{ text: 'Attempts', href: '/attempts' }] : []),
  ...(isDataManager(profile)
    ? [
        { text: 'Feeds', href: '/feeds' },
        { text: 'Identity', href: '/identity' },
      ]
    : []),
  ...(isReviewer(profile) ? [{ text: 'Opened in emergencies', href: '/emergency-access' }] : []),
  ...(isRelationReviewer(profile) ? [{ text: 'Relations to review', href: '/relation-reviews' }] : []),
  ...(isGuardian(profile) ? [{ text: 'All emergencies', href: '/emergency-access/all' }] : []),
  ...(isAuditor(profile) ? [{ text: 'Audit', href: '/audit' }] : []),
  ...(isGovernance(profile) ? [{ text: 'Agreements', href: '/agreements' }] : []),
];

/** Which item a page belongs to: the one whose address begins its own, the longest of them. */
export const currentItem = (items: readonly NavigationItem[], path: string): NavigationItem | undefined =>
  items
    .filter(({ href }) => path === href || (href !== '/' && path.startsWith(`${href}/`)))
    .sort((a, b) => b.href.length - a.href.length)[0];
