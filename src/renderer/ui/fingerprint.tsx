import type { ReactNode } from 'react'
import { groupsOfFour } from './format.ts'

/** A fingerprint in groups of four, so that two people can read it to each other. */
export function Fingerprint({ hex }: { hex: string }): ReactNode {
  return (
    <span
      dir="ltr"
      className="grid w-max max-w-full grid-cols-[repeat(8,max-content)] gap-x-2.5 font-mono text-[13px] select-text"
    >
      {groupsOfFour(hex).map((group, index) => (
        <span key={index}>{group} </span>
      ))}
    </span>
  )
}
