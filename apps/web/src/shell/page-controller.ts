import { applyDecorators, Controller, UseFilters, UseGuards } from '@nestjs/common';
import { OpenToAll } from '#platform';
import { SessionGuard } from '../session/session.guard.js';
import { PageErrorFilter } from './page-error.filter.js';

/** A controller of pages for people who are signed in: it asks for a session, not for a token, and errs in pages. */
export const PageController = (path = ''): ClassDecorator =>
  applyDecorators(Controller(path), OpenToAll(), UseGuards(SessionGuard), UseFilters(PageErrorFilter));

/** A controller of pages for whoever comes: signing in and out. */
export const OpenPageController = (path = ''): ClassDecorator =>
  applyDecorators(Controller(path), OpenToAll(), UseFilters(PageErrorFilter));
