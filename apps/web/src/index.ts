export { WebSessions1764000002000, webCapability } from './session/session.migration.js';
export { redirectUriOf, WebModule } from './web.module.js';
