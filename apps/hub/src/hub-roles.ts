import { appendStoreCapability, raiseClockCapability, setClockCapability, type LoginRole } from '#engines';
import { intakeCapability } from '#intake';
import { auditCapability, sharingCapability } from '#apps/sharing';
import { webCapability } from '#apps/web';

/** Login roles of the apps, each with the rights that it needs and no other. */
export const APP_ROLES = {
  'police-adapter': [intakeCapability],
  'health-adapter': [intakeCapability],
  'education-adapter': [intakeCapability],
  'social-care-adapter': [intakeCapability],
  timeline: [appendStoreCapability, raiseClockCapability],
  sharing: [intakeCapability, sharingCapability, appendStoreCapability, raiseClockCapability],
  audit: [auditCapability, appendStoreCapability, raiseClockCapability],
  web: [webCapability],
  /** What the hub mounts of the adapters, once for all of them. */
  intake: [intakeCapability],
  /** The `clock` command of a development hub. */
  clock: [appendStoreCapability, setClockCapability, raiseClockCapability],
} as const;

export type AppRole = keyof typeof APP_ROLES;

export const roleNameOf = (app: AppRole): string => `sightline_app_${app.replaceAll('-', '_')}`;

/** Passwords given by app, by the name of the app's role. */
export const passwordsByRole = (byApp: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(byApp).map(([app, password]) => [roleNameOf(app as AppRole), password]));

export const loginRoles = (passwordOf: (role: string) => string): LoginRole[] =>
  Object.entries(APP_ROLES).map(([app, capabilities]) => {
    const name = roleNameOf(app as AppRole);
    return { name, password: passwordOf(name), capabilities };
  });
