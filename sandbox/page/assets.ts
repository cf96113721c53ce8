import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import express from 'express';

const modules = join(import.meta.dirname, '../../node_modules');

/** The libraries that the page imports, and the file of each: served from the installation, nothing is fetched from elsewhere. */
const vendored = {
  preact: join(modules, 'preact/dist/preact.mjs'),
  'preact/hooks': join(modules, 'preact/hooks/dist/hooks.mjs'),
  htm: join(modules, 'htm/dist/htm.module.js'),
  'htm/preact': join(modules, 'htm/preact/index.module.js'),
  uplot: join(modules, 'uplot/dist/uPlot.esm.js'),
} as const;

const styles = {
  base: join(import.meta.dirname, 'base.css'),
  slack: join(import.meta.dirname, 'slack.css'),
  world: join(import.meta.dirname, 'world.css'),
  uplot: join(modules, 'uplot/dist/uPlot.min.css'),
} as const;

const vendorPath = (name: string): string => `/page/vendor/${name.replaceAll('/', '-')}.js`;

const importMap = JSON.stringify({
  imports: Object.fromEntries(Object.keys(vendored).map((name) => [name, vendorPath(name)])),
});

/** Nothing from anywhere else; the import map is the one inline script. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash('sha256').update(importMap).digest('base64')}'`,
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page's document, style sheets and scripts. */
export function pageAssets(): express.Router {
  const router = express.Router();
  const folder = import.meta.dirname;
  const document = readFileSync(join(folder, 'index.html'), 'utf8').replace(
    '"importmap">{}<',
    `"importmap">${importMap}<`,
  );

  router.get('/', (_request, response) => {
    response.set('content-security-policy', contentSecurityPolicy).type('html').send(document);
  });
  for (const [name, file] of Object.entries(styles)) {
    router.get(`/page/${name}.css`, (_request, response) => response.type('css').send(readFileSync(file)));
  }
  for (const [name, file] of Object.entries(vendored)) {
    router.get(vendorPath(name), (_request, response) => response.type('js').send(readFileSync(file)));
  }
  for (const name of readdirSync(join(folder, 'client'))) {
    router.get(`/page/client/${name}`, (_request, response) => {
      const source = readFileSync(join(folder, 'client', name), 'utf8');
      response.type('js').set('cache-control', 'no-store').send(stripTypes(source));
    });
  }
  return router;
}

/** Node's own type stripping, without its once-a-process note that it is experimental. */
function stripTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
