import { Hono } from 'hono'
import { SkilletError } from '../shared/errors.ts'
import { answerError } from './http-errors.ts'
import type { Log } from './log.ts'
import { administrationRoutes } from './routes/administration.ts'
import { bundleRoutes } from './routes/bundles.ts'
import type { Dependencies } from './routes/dependencies.ts'
import { publicRoutes } from './routes/public.ts'
import { submissionRoutes } from './routes/submissions.ts'
import { tufRoutes } from './routes/tuf.ts'

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
  app.route('/', publicRoutes(dependencies))
  app.route('/', tufRoutes(dependencies))
  app.route('/', bundleRoutes(dependencies))
  app.route('/', submissionRoutes(dependencies))
  app.route('/', administrationRoutes(dependencies))
  app.notFound((context) =>
    answerError(context, new SkilletError('NOT_FOUND', 'The registry has nothing at this address.'), log),
  )
  app.onError((error, context) => answerError(context, error, log))
  return app
}
