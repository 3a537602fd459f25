import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { SkilletError } from '../shared/errors.ts'
import { authorise } from './auth/access.ts'
import { createEndpoints } from './http/endpoint.ts'
import { addConsoleFiles, consolePolicy } from './console-files.ts'
import { answerError } from './http/errors.ts'
import { assertMayScrape } from './http/metrics.ts'
import { openApiDocument } from './http/openapi.ts'
import type { Log } from './log.ts'
import { addAccount } from './routes/account.ts'
import { addAdministration } from './routes/administration.ts'
import { addCookbooks } from './routes/cookbooks.ts'
import type { Dependencies } from './routes/dependencies.ts'
import { addDiscovery } from './routes/discovery.ts'
import { addFleets } from './routes/fleets.ts'
import { addOfflineBundles } from './routes/offline-bundles.ts'
import { addPayments } from './routes/payments.ts'
import { addPublic } from './routes/public.ts'
import { addReports } from './routes/reports.ts'
import { addReview } from './routes/review.ts'
import { addSignIn } from './routes/sign-in.ts'
import { addStatus } from './routes/status.ts'
import { addSubmissions } from './routes/submissions.ts'
import { addTelemetry } from './routes/telemetry.ts'
import { addTuf } from './routes/tuf.ts'
import { addWebhooks } from './routes/webhooks.ts'

/** The registry's HTTP interface, free of any particular server. */
export function createApp(dependencies: Dependencies, log: Log): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    const started = performance.now()
    const id = randomUUID()
    context.set('requestId', id)
    await next()
    context.header('x-request-id', id)
    const ms = performance.now() - started
    const { method } = context.req
    const { status } = context.res
    dependencies.metrics.observe({ method, route: context.var.route ?? 'none', status, seconds: ms / 1000 })
    log('info', 'request', {
      id,
      method,
      path: context.req.path,
      status,
      ms: Math.round(ms),
      key: context.var.keyPrefix ?? null,
    })
  })
  // Around what follows, so that it has the last word.
  app.use('/console/*', async (context, next) => {
    await next()
    context.header('content-security-policy', consolePolicy)
  })
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: 'DENY',
      referrerPolicy: 'no-referrer',
      permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [], usb: [] },
      // What is signed may be fetched by any page; what isn't public is refused to others' pages by having no CORS.
      crossOriginResourcePolicy: false,
      strictTransportSecurity: dependencies.url().startsWith('https:') ? 'max-age=63072000' : false,
    }),
  )
  const { add, all } = createEndpoints(app, {
    authorise: (context, access) => authorise(context, dependencies, access),
    count: (context, caller, limit) =>
      dependencies.limits.take(limit, caller?.keyId ?? caller?.userId ?? dependencies.addressOf(context)),
  })
  addPublic(add, dependencies)
  addTuf(add, dependencies)
  addOfflineBundles(add, dependencies)
  addSubmissions(add, dependencies)
  addReview(add, dependencies)
  addAdministration(add, dependencies)
  addSignIn(add, dependencies)
  addAccount(add, dependencies)
  addPayments(add, dependencies)
  addCookbooks(add, dependencies)
  addFleets(add, dependencies)
  addReports(add, dependencies)
  addStatus(add, dependencies)
  addWebhooks(add, dependencies)
  addTelemetry(add, dependencies)
  addDiscovery(add, dependencies)
  addConsoleFiles(add, dependencies.console)
  add(
    {
      method: 'get',
      path: '/openapi.json',
      tag: 'About',
      summary: 'This description.',
      access: 'public',
      produces: 'application/json',
    },
    async ({ context }) => context.json(openApiDocument(all, dependencies.url())),
  )
  add(
    {
      method: 'get',
      path: '/metrics',
      tag: 'About',
      summary: 'What the server counts about itself, for Prometheus.',
      access: 'public',
      produces: 'text/plain',
    },
    async ({ context }) => {
      const { metrics, metricsToken, addressOf } = dependencies
      assertMayScrape(context, metricsToken, addressOf(context))
      return context.body(await metrics.text(), 200, { 'content-type': metrics.contentType })
    },
  )
  app.notFound((context) =>
    answerError(context, new SkilletError('NOT_FOUND', 'The registry has nothing at this address.'), log),
  )
  app.onError((error, context) => answerError(context, error, log))
  return app
}
