import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import { SkilletError } from '../../shared/errors.ts'
import type { Identity } from './people.ts'

/** A GitHub OAuth app, on github.com or a GitHub Enterprise Server of one's own. */
export interface GitHubOptions {
  readonly clientId: string
  readonly clientSecret: string
  /** By default github.com's. */
  readonly authorizeUrl?: string
  readonly tokenUrl?: string
  readonly userUrl?: string
}

/** One attempt to sign in: kept by the browser that makes it until GitHub sends it back. */
export interface SignInAttempt {
  readonly state: string
  readonly verifier: string
}

export interface GitHub {
  /** Where to send the browser, which must come back to `callback` with the same attempt. */
  begin(callback: string): Promise<{ url: string; attempt: SignInAttempt }>
  /** Who came back. @throws SkilletError UNAUTHORIZED where the answer isn't to this attempt, or GitHub says no */
  finish(answer: URL, callback: string, attempt: SignInAttempt): Promise<Identity>
}

const user = z.object({
  id: z.number().int().positive(),
  login: z.string().min(1).max(64),
  name: z.string().max(200).nullish(),
})

/** Signing in through GitHub: authorization code with PKCE (RFC 6749, RFC 7636). */
export function createGitHub(options: GitHubOptions): GitHub {
  const server: oauth.AuthorizationServer = {
    issuer: new URL(options.authorizeUrl ?? 'https://github.com').origin,
    authorization_endpoint: options.authorizeUrl ?? 'https://github.com/login/oauth/authorize',
    token_endpoint: options.tokenUrl ?? 'https://github.com/login/oauth/access_token',
  }
  const userUrl = options.userUrl ?? 'https://api.github.com/user'
  const client: oauth.Client = { client_id: options.clientId }
  const secret = oauth.ClientSecretPost(options.clientSecret)
  // Unencrypted only where nobody else can listen.
  const requestOptions = {
    [oauth.allowInsecureRequests]: isLoopback(server.token_endpoint!) && isLoopback(userUrl),
  }
  return {
    async begin(callback) {
      const attempt = { state: oauth.generateRandomState(), verifier: oauth.generateRandomCodeVerifier() }
      const url = new URL(server.authorization_endpoint!)
      url.search = new URLSearchParams({
        client_id: options.clientId,
        redirect_uri: callback,
        response_type: 'code',
        scope: 'read:user',
        state: attempt.state,
        code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      }).toString()
      return { url: url.href, attempt }
    },
    async finish(answer, callback, { state, verifier }) {
      try {
        const parameters = oauth.validateAuthResponse(server, client, answer, state)
        const granted = await oauth.processAuthorizationCodeResponse(
          server,
          client,
          await oauth.authorizationCodeGrantRequest(
            server,
            client,
            secret,
            parameters,
            callback,
            verifier,
            requestOptions,
          ),
        )
        const response = await oauth.protectedResourceRequest(
          granted.access_token,
          'GET',
          new URL(userUrl),
          new Headers({ accept: 'application/json', 'user-agent': 'skillet-registry' }),
          null,
          requestOptions,
        )
        if (!response.ok) throw new Error(`The user was answered with ${response.status}.`)
        const { id, login, name } = user.parse(await response.json())
        return { githubId: id, login, name: name ?? login }
      } catch (error) {
        throw new SkilletError('UNAUTHORIZED', 'Signing in through GitHub did not work.', {
          remedy: 'Start again from the sign-in page.',
          cause: error,
        })
      }
    },
  }
}

function isLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return (
    protocol === 'http:' && (hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost')
  )
}
