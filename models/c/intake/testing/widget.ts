import { blobId } from '../blobId.js';

/** A driver that exists nowhere, before the patches below. */
export const widgetBefore = `// A driver of the tests
#include <linux/slab.h>

struct widget {
\tint users;
\tint state;
};

int widget_open(struct widget *w)
{
\tif (w->state)
\t\treturn -EBUSY;
\tw->users++;
\treturn 0;
}

void widget_close(struct widget *w)
{
\tw->users--;
}

void widget_reset(struct widget *w)
{
\tw->state = 0;
\tw->users = 0;
}
`;

/** The same after {@link widgetDiff}. */
export const widgetAfter = widgetBefore
  .replace('\tint state;\n', '\tint state;\n\tint resets;\n')
  .replace('\tw->users = 0;\n', '\tw->resets++;\n');

export const widgetPath = 'drivers/misc/widget.c';

/** Two hunks, +2 −1. */
export const widgetDiff = `diff --git a/drivers/misc/widget.c b/drivers/misc/widget.c
index ${blobId(Buffer.from(widgetBefore)).slice(0, 12)}..${blobId(Buffer.from(widgetAfter)).slice(0, 12)} 100644
--- a/drivers/misc/widget.c
+++ b/drivers/misc/widget.c
@@ -4,6 +4,7 @@
 struct widget {
 \tint users;
 \tint state;
+\tint resets;
 };
 
 int widget_open(struct widget *w)
@@ -22,5 +23,5 @@ void widget_close(struct widget *w)
 void widget_reset(struct widget *w)
 {
 \tw->state = 0;
-\tw->users = 0;
+\tw->resets++;
 }
`;

/** A second patch, on top of the first: a new file, +3. */
export const gadgetDiff = `diff --git a/drivers/misc/gadget.c b/drivers/misc/gadget.c
new file mode 100644
index 000000000000..aaaaaaaaaaaa
--- /dev/null
+++ b/drivers/misc/gadget.c
@@ -0,0 +1,3 @@
+void gadget(void)
+{
+}
`;

/** A mail as git format-patch writes it, with its `From ` line. */
export function formatPatch(subject: string, diff: string, more = ''): string {
  return `From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
From: Ann Author <ann@example.org>
Date: Thu, 2 Jan 2025 10:00:00 +0100
Subject: ${subject}
${more}
Say why.

Signed-off-by: Ann Author <ann@example.org>
---
 a diffstat, perhaps | 1 +

${diff}--${' '}
2.43.0

`;
}
