// A real OpenID provider on loopback, for tests: nobody here wrote it, it is the npm package oidc-provider.
//
//   node server.mjs '{"port": 0, "redirectUris": [], "audience": "", "accounts": [], "alg": "RS256"}'
//
// It prints one line of JSON, {"issuer", "port"}, and runs until its standard input ends or it is terminated. Its keys
// are made at the start: a restart on the same port is a rotation. Every login is a plain HTML form with the
// field `login`; a second field `code`, filled in, makes the login strong (acr). There are no passwords.

import { randomUUID, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const settings = JSON.parse(process.argv[2] ?? '{}');
const STRONG = 'urn:phiward:test:strong';
const PLAIN = 'urn:phiward:test:plain';
const SCOPES = 'openid profile email system/*.rs user/*.rs patient/*.rs launch/patient';

console.info = console.warn = () => {}; // notices of the package go nowhere: standard output is ours
const folder = settings.modules ?? new URL('.', import.meta.url).pathname;
const found = createRequire(join(folder, 'here.js')).resolve('oidc-provider');
const { Provider } = await import(pathToFileURL(found).href);

function signingKey(alg) {
  const made = {
    RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    EdDSA: () => generateKeyPairSync('ed25519'),
  }[alg]();
  return { ...made.privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: randomUUID() };
}

function configuration() {
  const alg = settings.alg ?? 'RS256';
  const keys = [signingKey('RS256'), ...(alg === 'RS256' ? [] : [signingKey(alg)])];
  return {
    jwks: { keys },
    clients: [
      {
        client_id: 'phiward-console',
        client_secret: 'an invented secret: 1/2+3',
        redirect_uris: settings.redirectUris ?? [],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: alg,
      },
      {
        client_id: 'phiward-public',
        redirect_uris: settings.redirectUris ?? [],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      {
        client_id: 'phiward-service',
        client_secret: 'another invented secret',
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
        scope: 'system/*.rs',
      },
    ],
    scopes: SCOPES.split(' '),
    acrValues: [STRONG, PLAIN],
    claims: { acr: null, auth_time: null, iss: null, openid: ['sub', 'amr'], sid: null, profile: ['name'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: [randomUUID()] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: 'system/*.rs user/*.rs patient/*.rs launch/patient',
          audience: resource,
          accessTokenTTL: 300,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
    extraTokenClaims: (_ctx, token) => ({
      ...(token.scope?.includes('patient/') ? { patient: settings.patient ?? 'pat-1' } : undefined),
      ...(token.gty === 'token-exchange' ? { act: { sub: token.clientId } } : undefined),
    }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => {
      const account = (settings.accounts ?? []).find((one) => one.login === id);
      return account && { accountId: id, claims: () => ({ sub: id, name: account.name, email: account.email, email_verified: true, amr: ['pwd'] }) };
    },
    // Who logs in agrees to everything: consent is not what is tested.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope(SCOPES);
      if (settings.audience) grant.addResourceScope(settings.audience, SCOPES);
      await grant.save();
      return grant;
    },
  };
}

function page(uid) {
  return `<!doctype html><html lang="en"><title>Log in</title><form method="post" action="/interaction/${uid}">
<label>Login <input name="login" autofocus></label><label>Code <input name="code"></label><button>Log in</button></form></html>`;
}

async function read(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return new URLSearchParams(text);
}

async function interact(provider, request, response) {
  const { uid, prompt } = await provider.interactionDetails(request, response);
  if (prompt.name !== 'login') {
    await provider.interactionFinished(request, response, { error: 'access_denied' }, { mergeWithLastSubmission: false });
  } else if (request.method === 'POST') {
    const form = await read(request);
    const known = (settings.accounts ?? []).some((one) => one.login === form.get('login'));
    const login = { accountId: form.get('login'), acr: form.get('code') ? STRONG : PLAIN, amr: form.get('code') ? ['pwd', 'otp'] : ['pwd'] };
    const result = known ? { login } : { error: 'access_denied', error_description: 'nobody by that name' };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  } else {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(uid));
  }
}

// Token exchange (RFC 8693): the service shows the person's access token and gets one in which it is the actor.
function exchange(provider) {
  const type = 'urn:ietf:params:oauth:token-type:access_token';
  provider.registerGrantType('urn:ietf:params:oauth:grant-type:token-exchange', async (ctx) => {
    const { client, params } = ctx.oidc;
    const claims = params.subject_token_type === type
      ? JSON.parse(Buffer.from(params.subject_token.split('.')[1] ?? '', 'base64url').toString() || '{}') : {};
    // The package keeps no signed tokens; that this one is ours is not what the tests look at.
    const token = new provider.AccessToken({
      accountId: claims.sub, client, claims: {}, scope: claims.scope, gty: 'token-exchange',
    });
    token.resourceServer = new provider.ResourceServer(params.resource, {
      scope: SCOPES, audience: params.resource, accessTokenTTL: 300, accessTokenFormat: 'jwt', jwt: { sign: { alg: settings.alg ?? 'RS256' } },
    });
    ctx.body = { access_token: await token.save(), issued_token_type: type, token_type: 'Bearer', expires_in: token.expiration, scope: token.scope };
  }, ['subject_token', 'subject_token_type', 'resource', 'scope'], []);
}

const server = createServer();
server.listen(settings.port ?? 0, '127.0.0.1', () => {
  const { port } = server.address();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, configuration());
  exchange(provider);
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url.startsWith('/interaction/')) return answer(request, response);
    return interact(provider, request, response).catch(() => response.writeHead(400).end());
  });
  process.stdout.write(`${JSON.stringify({ issuer, port })}\n`);
});
process.stdin.resume().on('end', () => process.exit(0)); // nobody who started us is there any more
