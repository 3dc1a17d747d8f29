import type { Feature } from '../shell/feature.js';
import { ReplaysController } from './replays.controller.js';
import { AuditSearchesController } from './searches.controller.js';

export const auditFeature: Feature = { controllers: [AuditSearchesController, ReplaysController], providers: [] };
