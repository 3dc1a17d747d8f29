import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RequestMethod } from '@nestjs/common';

/** A route as Nest will serve it. */
export interface Route {
  /** `POST /v1/feeds/{feed}/submissions`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly string[];
  readonly status: number;
  /** Scopes, one of which a token must have; null where none is asked for. */
  readonly scopes: readonly string[] | null;
}

/** What makes a handler a route. */
const ROUTE = /^\s*@(Get|Post|Put|Patch|Delete|Head|Options|Search|All)\(/m;

const metadata = (key: string, target: object): unknown => Reflect.getMetadata(key, target);

const pathOf = (parts: readonly unknown[]): string =>
  `/${parts
    .flatMap((part) => (typeof part === 'string' ? part.split('/') : []))
    .filter((segment) => segment !== '')
    .map((segment) => segment.replace(/^:(\w+)$/, '{$1}'))
    .join('/')}`;

const routesOf = (controller: object & { readonly prototype: object; readonly name: string }): Route[] =>
  Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const handler = (controller.prototype as Record<string, unknown>)[name];
    if (typeof handler !== 'function' || metadata('method', handler) === undefined) return [];
    const method = RequestMethod[metadata('method', handler) as RequestMethod];
    const path = pathOf([metadata('path', controller), metadata('path', handler)]);
    const [scope, open] = ['sightline:scope', 'sightline:open'].map((key) =>
      [handler, controller].map((place) => metadata(key, place)).find((value) => value !== undefined),
    );
    if (scope === undefined && open !== true) throw new Error(`${controller.name}.${name} is closed to everybody`);
    return [
      {
        name: `${method} ${path}`,
        method: method.toLowerCase(),
        path,
        parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter!),
        status: (metadata('__httpCode__', handler) as number | undefined) ?? (method === 'POST' ? 201 : 200),
        scopes: (scope as readonly string[] | undefined) ?? null,
      },
    ];
  });

/** What answers with pages is no part of the API. */
const PAGES = join('apps', 'web');

const sourceFiles = (root: string): string[] =>
  ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .map((file) => join(folder, file))
      .filter((file) => !file.startsWith(PAGES)),
  );

/**
 * Every route of every controller in the sources, read from what their decorators left in the compiled classes.
 * Throws where a controller hides in a file of another name, or has no routes.
 */
export const collectRoutes = async (root: string, compiled: string): Promise<readonly Route[]> => {
  const files = sourceFiles(root).filter((file) => ROUTE.test(readFileSync(join(root, file), 'utf8')));
  const routes = await Promise.all(
    files.map(async (file) => {
      if (!file.endsWith('.controller.ts')) throw new Error(`${file} serves routes and is not called a controller`);
      const module = (await import(pathToFileURL(join(compiled, file.replace(/\.ts$/, '.js'))).href)) as object;
      const found = Object.values(module)
        .filter((value) => typeof value === 'function' && metadata('__controller__', value as object) === true)
        .flatMap((controller) => routesOf(controller as Parameters<typeof routesOf>[0]));
      if (found.length === 0) throw new Error(`${file} has no routes`);
      return found;
    }),
  );
  return routes.flat().sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1));
};
