import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { SkilletError } from '../shared/errors.ts'
import { authorise } from './auth/access.ts'
import type { AccessLog } from './http/access-log.ts'
import { createEndpoints } from './http/endpoint.ts'
import { addConsoleFiles, consolePolicy } from './console-files.ts'
import { answerError } from './http/errors.ts'
import { assertMayScrape } from './http/metrics.ts'
import { openApiDocument } from './http/openapi.ts'
import type { Log } from './log.ts'
import { addAccountKeys } from './routes/account-keys.ts'
import { addAccounts } from './routes/accounts.ts'
import { addAllKeys } from './routes/all-keys.ts'
import { addAppeals } from './routes/appeals.ts'
import { addBundleRevisions } from './routes/bundle-revisions.ts'
import { addComparison } from './routes/comparison.ts'
import { addCookbookSkills } from './routes/cookbook-skills.ts'
import { addCookbooks } from './routes/cookbooks.ts'
import type { Dependencies } from './routes/dependencies.ts'
import { addDiscovery } from './routes/discovery.ts'
import { addFleetInventory } from './routes/fleet-inventory.ts'
import { addFleetMachines } from './routes/fleet-machines.ts'
import { addFleetPush } from './routes/fleet-push.ts'
import { addFleets } from './routes/fleets.ts'
import { addJournal } from './routes/journal.ts'
import { addMembers } from './routes/members.ts'
import { addNotifications } from './routes/notifications.ts'
import { addOfflineBundles } from './routes/offline-bundles.ts'
import { addPayments } from './routes/payments.ts'
import { addPeople } from './routes/people.ts'
import { addPublic } from './routes/public.ts'
import { addReports } from './routes/reports.ts'
import { addReviewQueue } from './routes/review-queue.ts'
import { addRevocations } from './routes/revocations.ts'
import { sendKept } from './routes/send-file.ts'
import { addShareTokens } from './routes/share-tokens.ts'
import { addSignIn } from './routes/sign-in.ts'
import { addSigningKeys } from './routes/signing-keys.ts'
import { addStatus } from './routes/status.ts'
import { addSubmissions } from './routes/submissions.ts'
import { addSuppressions } from './routes/suppressions.ts'
import { addTelemetry } from './routes/telemetry.ts'
import { addTrials } from './routes/trials.ts'
import { addTuf } from './routes/tuf.ts'
import { addWebhooks } from './routes/webhooks.ts'
import { addWithdrawnMachines } from './routes/withdrawn-machines.ts'

/** The registry's HTTP interface, free of any particular server. */
export function createApp(dependencies: Dependencies, accessLog: AccessLog, log: Log): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    const started = performance.now()
    const id = randomUUID()
    context.set('requestId', id)
    await next()
    const { res, req } = context
    // Not by `context.header`, which makes the answer anew.
    res.headers.set('x-request-id', id)
    accessLog({
      id,
      method: req.method,
      path: req.path,
      route: context.get('route') ?? 'none',
      status: res.status,
      started,
      key: context.get('keyPrefix') ?? null,
    })
  })
  // Around what follows, so that it has the last word.
  app.use('/console/*', async (context, next) => {
    await next()
    context.res.headers.set('content-security-policy', consolePolicy)
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
      // For browsers and plug-ins that are gone; each answer would carry them.
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
      strictTransportSecurity: dependencies.url().startsWith('https:') ? 'max-age=63072000' : false,
    }),
  )
  const { add, all } = createEndpoints(app, {
    authorise: (context, access) => authorise(context, dependencies, access),
    count: (context, caller, limit) =>
      dependencies.limits.take(limit, caller?.keyId ?? caller?.userId ?? dependencies.addressOf(context)),
  })
  addPublic(add, dependencies)
  addSigningKeys(add, dependencies)
  addTuf(add, dependencies)
  addOfflineBundles(add, dependencies)
  addSubmissions(add, dependencies)
  addReviewQueue(add, dependencies)
  addComparison(add, dependencies)
  addAppeals(add, dependencies)
  addSuppressions(add, dependencies)
  addTrials(add, dependencies)
  addRevocations(add, dependencies)
  addAllKeys(add, dependencies)
  addPeople(add, dependencies)
  addSignIn(add, dependencies)
  addAccounts(add, dependencies)
  addMembers(add, dependencies)
  addAccountKeys(add, dependencies)
  addNotifications(add, dependencies)
  addJournal(add, dependencies)
  addPayments(add, dependencies)
  addCookbooks(add, dependencies)
  addCookbookSkills(add, dependencies)
  addBundleRevisions(add, dependencies)
  addShareTokens(add, dependencies)
  addFleets(add, dependencies)
  addFleetPush(add, dependencies)
  addFleetInventory(add, dependencies)
  addFleetMachines(add, dependencies)
  addWithdrawnMachines(add, dependencies)
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
    async ({ context }) => {
      const text = JSON.stringify(openApiDocument(all, dependencies.url()))
      const headers = { 'content-type': 'application/json' }
      return sendKept(context, new Uint8Array(Buffer.from(text)), headers, 'always')
    },
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
