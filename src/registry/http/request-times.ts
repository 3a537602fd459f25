/** A request that was answered; `route` as it was declared, so that nobody makes a name of their own. */
export interface AnsweredIn {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly seconds: number
}

const name = 'skillet_http_request_seconds'
/** Upper bounds, in seconds. */
const buckets = [0.002, 0.01, 0.05, 0.2, 1, 5]

interface Series {
  readonly labels: string
  /** How many took no longer than the bucket's bound and longer than that of the one before; last, the longest. */
  readonly counts: number[]
  sum: number
}

/**
 * Requests by method, route and status, as a histogram in the text format of Prometheus. An answer from memory takes a
 * few microseconds, and a library that can count anything takes as long to count it.
 */
export function createRequestTimes() {
  const series = new Map<string, Series>()

  function seriesOf({ method, route, status }: AnsweredIn): Series {
    const key = `${status} ${method} ${route}`
    let found = series.get(key)
    if (found === undefined) {
      const labels = `method="${escape(method)}",route="${escape(route)}",status="${status}"`
      found = { labels, counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 }
      series.set(key, found)
    }
    return found
  }

  return {
    observe(request: AnsweredIn): void {
      const found = seriesOf(request)
      let at = 0
      while (at < buckets.length && request.seconds > buckets[at]!) at++
      found.counts[at]! += 1
      found.sum += request.seconds
    },
    text(): string {
      const lines = [`# HELP ${name} Requests by method, route and status`, `# TYPE ${name} histogram`]
      for (const { labels, counts, sum } of series.values()) {
        let total = 0
        for (const [at, count] of counts.entries()) {
          total += count
          lines.push(`${name}_bucket{le="${buckets[at] ?? '+Inf'}",${labels}} ${total}`)
        }
        lines.push(`${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${total}`)
      }
      return `${lines.join('\n')}\n`
    },
  }
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
