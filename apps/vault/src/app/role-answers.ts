import type { Role } from './refuse.ts';
import { apiHeaders, pageHeaders, type Site } from './security-headers.ts';
import { problemOf } from './vault-error.ts';

/** The API refuses in problem+json. */
export function apiRole(site: Site): Role {
  return {
    name: 'api',
    headers: apiHeaders(site),
    refuse: (error, requestId) => ({
      type: 'application/problem+json',
      body: JSON.stringify(problemOf(error, requestId)),
    }),
  };
}

/** The fields role refuses with a constant page: nothing in it depends on the request. */
export function fieldsRole(site: Site): Role {
  return {
    name: 'fields',
    headers: pageHeaders(site),
    refuse: (error) => ({
      type: 'text/html; charset=utf-8',
      body: `<!doctype html><html lang="en"><title>Hushfield</title><p>${error.status}: this page is not available.</p></html>`,
    }),
  };
}
