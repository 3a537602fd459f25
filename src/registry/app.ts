import { Hono } from 'hono'
import { SkilletError } from '../shared/errors.ts'
import { authorise } from './auth/access.ts'
import { createEndpoints } from './http/endpoint.ts'
import { answerError } from './http/errors.ts'
import { openApiDocument } from './http/openapi.ts'
import type { Log } from './log.ts'
import { addAccount } from './routes/account.ts'
import { addAdministration } from './routes/administration.ts'
import type { Dependencies } from './routes/dependencies.ts'
import { addOfflineBundles } from './routes/offline-bundles.ts'
import { addPayments } from './routes/payments.ts'
import { addPublic } from './routes/public.ts'
import { addSignIn } from './routes/sign-in.ts'
import { addSubmissions } from './routes/submissions.ts'
import { addTuf } from './routes/tuf.ts'

/** The registry's HTTP interface, free of any particular server. */
export function createApp(dependencies: Dependencies, log: Log): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    const started = performance.now()
    await next()
    context.header('x-content-type-options', 'nosniff')
    log('info', 'request', {
      method: context.req.method,
      path: context.req.path,
      status: context.res.status,
      ms: Math.round(performance.now() - started),
      key: context.var.keyPrefix ?? null,
    })
  })
  const { add, all } = createEndpoints(app, {
    authorise: (context, access) => authorise(context, dependencies, access),
    count: (context, caller, limit) =>
      dependencies.limits.take(limit, caller?.keyId ?? caller?.userId ?? dependencies.addressOf(context)),
  })
  addPublic(add, dependencies)
  addTuf(add, dependencies)
  addOfflineBundles(add, dependencies)
  addSubmissions(add, dependencies)
  addAdministration(add, dependencies)
  addSignIn(add, dependencies)
  addAccount(add, dependencies)
  addPayments(add, dependencies)
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
  app.notFound((context) =>
    answerError(context, new SkilletError('NOT_FOUND', 'The registry has nothing at this address.'), log),
  )
  app.onError((error, context) => answerError(context, error, log))
  return app
}
