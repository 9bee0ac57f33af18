import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import type { ApiFault, ApiScheme } from './api.ts';
import { pointer, resolved } from './reference.ts';

/** How the API can be told who calls. What cannot be done is named as a fault. */
export function readSchemes(root: JsonObject, faults: ApiFault[]): ApiScheme[] {
  const components = isJsonObject(root['components']) ? root['components'] : {};
  const given = isJsonObject(components['securitySchemes']) ? components['securitySchemes'] : {};
  return Object.entries(given).flatMap(([name, value]) => {
    const scheme = schemeOf(name, resolved(root, value) ?? {});
    const place = pointer('components', 'securitySchemes', name);
    if (!scheme) {
      const message = `"${name}" is a way to sign in that is not known here: operations that need it are called without.`;
      faults.push({ severity: 'note', message, place });
      return [];
    }
    if (scheme.type === 'oauth') {
      const message = `"${name}" signs in with OAuth, which is not possible for an import yet: its connection takes an access token, sent as a bearer token.`;
      faults.push({ severity: 'note', message, place });
    }
    return [scheme];
  });
}

function schemeOf(name: string, scheme: JsonObject): ApiScheme | null {
  switch (scheme['type']) {
    case 'http': {
      const kind = String(scheme['scheme']).toLowerCase();
      if (kind === 'bearer') return { name, type: 'bearer', parameter: null };
      if (kind === 'basic') return { name, type: 'basic', parameter: null };
      return { name, type: 'header', parameter: 'Authorization' };
    }
    case 'apiKey': {
      const place = scheme['in'];
      const { name: parameter } = scheme;
      if (typeof parameter !== 'string' || parameter === '') return null;
      if (place !== 'header' && place !== 'query' && place !== 'cookie') return null;
      return { name, type: place, parameter };
    }
    case 'oauth2':
    case 'openIdConnect':
      return { name, type: 'oauth', parameter: null };
    default:
      return null;
  }
}
