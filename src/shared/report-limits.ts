/** Characters. Apart from the schema, which the window has no use for. */
export const maxReportWords = 4000
export const maxReportContact = 200
