/** A driver that does not exist, with the constructs whose damage is hard to see. Written for the tests. */
export const fixture = `// SPDX-License-Identifier: MIT
#include <linux/slab.h>
#include "pond.h"

#define POND_LIMIT 4

static DEFINE_MUTEX(pond_lock);
static LIST_HEAD(ponds);

enum pond_state {
	POND_DRY,
	POND_WET = 3,
};

struct duck {
	struct list_head node;
	u32 weight:7, is_wet:1;
	const char *name;
};

struct pond {
	struct list_head ducks;
	struct kref kref;
	enum pond_state state;
	int (*feed)(struct pond *pond, const void __user *bread, size_t len);
};

static void pond_release(struct kref *kref)
{
	struct pond *pond = container_of(kref, struct pond, kref);
	struct duck *duck, *next;

	list_for_each_entry_safe(duck, next, &pond->ducks, node) {
		list_del(&duck->node);
		kfree(duck);
	}
	kfree(pond);
}

void pond_put(struct pond *pond)
{
	if (!pond)
		return;
	kref_put(&pond->kref, pond_release);
}
EXPORT_SYMBOL_GPL(pond_put);

static int pond_count(struct pond *pond, bool wet)
{
	struct duck *duck;
	int count = 0;

	list_for_each_entry(duck, &pond->ducks, node)
		if (duck->is_wet == wet)
			count++;
	return count;
}

static int pond_feed(struct pond *pond, const void __user *bread, size_t len)
{
	struct duck *duck __free(kfree) = kzalloc(sizeof(*duck), GFP_KERNEL);
	int rc;

	if (!duck)
		return -ENOMEM;
	guard(mutex)(&pond_lock);
	if (copy_from_user(duck, bread, min(len, sizeof(*duck)))) {
		rc = -EFAULT;
		goto out;
	} else if (len > POND_LIMIT) {
		rc = -EINVAL;
		goto out;
	}

	switch (pond->state) {
	case POND_DRY:
		rc = pond_count(pond, false);
		break;
	case POND_WET:
		duck->is_wet = 1;
		fallthrough;
	default:
		rc = 0;
	}
	for (rc = 0; rc < POND_LIMIT; rc++) {
		do {
			duck->weight++;
		} while (duck->weight & 1);
	}
	list_add(&no_free_ptr(duck)->node, &pond->ducks);
out:
	*(u32 *)&pond->state = rc ? rc : POND_WET;
	return rc;
}

static const struct pond_ops pond_ops = {
	.feed = pond_feed,
	.release = pond_put,
};

static int __init pond_init(void)
{
	int rc = pond_register(&pond_ops);

	if (rc)
		pr_err("no pond: %d\\n", rc);
	mutex_lock(&pond_lock);
	list_add(&pond_ops.node, &ponds);
	mutex_unlock(&pond_lock);
	return rc;
}
module_init(pond_init);

MODULE_LICENSE("GPL");
`;
