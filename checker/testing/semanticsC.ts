/**
 * Small functions for comparing lifted code with what gcc makes of the same text. Everything they use is in the text, but
 * `trace(int)`, which notes a number, and what gcc needs of the kernel's macros (`kernelMacros`).
 */
export const semanticsC = String.raw`
typedef _Bool bool;
typedef unsigned char u8; typedef signed char s8;
typedef unsigned short u16; typedef short s16;
typedef unsigned int u32; typedef int s32;
typedef unsigned long u64; typedef long s64;
typedef unsigned long size_t;
void trace(int value);
struct point { int x, y; };

/* arithmetic and conversions */
int add_int(int a, int b) { return a + b; }
u32 add_u32(u32 a, u32 b) { return a + b; }
u64 mixed_add(s32 a, u64 b) { return a + b; }
s64 mixed_sub(u32 a, s64 b) { return a - b; }
u32 mixed_mul(s16 a, u32 b) { return a * b; }
int promoted(u8 a, u8 b) { return a - b; }
u8 narrow(int a) { return a; }
s8 narrow_signed(u32 a) { return a; }
u16 narrow_twice(s64 a) { return (u8)(a >> 3); }
bool to_bool(int a) { return a; }
int bool_sum(bool a, int b) { a += b; return a + a; }
bool bool_of_mask(u64 flags) { return flags & 6; }
u64 widen(s8 a) { return a; }
u64 widen_unsigned(u32 a) { return a; }
s64 widen_signed(int a) { return a; }
u32 sign_lost(s8 a, u32 b) { return a / (b | 1); }
int division(int a, int b) { return b ? a / b : -1; }
int remainder_of(int a, int b) { return b ? a % b : -1; }
u32 udivision(u32 a, u32 b) { return b ? a / b : 0; }
u64 uremainder(u64 a, u64 b) { return b ? a % b : 7; }
int shifts(int a, u32 n) { return (a >> (n & 31)) + (1 << (n & 7)); }
u32 ushifts(u32 a, u32 n) { return (a >> (n & 31)) ^ (a << (n & 3)); }
u64 long_shift(u32 n) { return 1UL << (n & 15); }
u64 shift_mixed(u8 a, u64 n) { return (u64)a << (n & 15); }
int complement(u8 a) { return ~a; }
u32 negated(u32 a) { return -a; }
u64 masks(u64 a, u32 b) { return (a & ~(u64)0xf) | (b ^ 3); }
int aligned(u64 a) { return ((a + 7) & ~7UL) >> 3; }
int constants(int a) { return a + sizeof(int) * 2 - 'A' + 0x10 + 010; }

/* comparisons */
int compare_int(int a, int b) { return (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a > b) + 16 * (a >= b) + 32 * (a != b); }
int compare_u32(u32 a, u32 b) { return (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a > b) + 16 * (a >= b) + 32 * (a != b); }
int compare_mixed(int a, u32 b) { return (a < b) + 2 * (a == b); }
int compare_wide(int a, u64 b) { return (a < b) + 2 * (a == b); }
int compare_narrow(s8 a, u8 b) { return (a < b) + 2 * (a == b); }
int compare_s64_u32(s64 a, u32 b) { return (a < b) + 2 * (a == b); }
int in_range(u32 a) { return a - 10u < 20u; }

/* large numbers */
int large_equal(u32 a, int which) { u32 x = which ? 0x80000000u : 0x40000000u; if (a == 7) x = a; return (x == 0x80000000u) + 2 * (x == 0x40000000u) + 4 * (x == 7) + 8 * (x == 0x10000000u); }
u32 large_masked(u32 a) { u32 x = a & 1 ? 0x40000000u : a; return x >> 8; }
int large_compare(u32 a) { u32 x = a & 1 ? 0x40000000u : 0; return x > a; }
int large_returned(int which) { switch (which & 3) { case 0: return 0x40000000; case 1: return 0x10000000; case 2: return -0x40000000; default: return 5; } }
u64 large_64(int a) { u64 m = ~0UL, n = 0x8000000000000001UL, o = 0x8000000000000000UL; return (m == -1UL) + 2 * (n == o) + 4 * (n != 0) + a; }

/* assignments */
int compound(int a, int b) { a += b; a -= 3; a *= 2; a ^= b; a |= 1; a &= 0xffff; a <<= 1; a >>= 2; return a; }
u8 compound_narrow(u8 a, int b) { a += b; a *= 3; a -= 200; return a; }
s16 compound_signed(s16 a, u32 b) { a += b; a >>= 1; return a; }
int compound_mixed(int a, u32 b) { a /= (b | 1); return a; }
int compound_div(s8 a, u8 b) { a %= (b | 1); return a; }
int increments(int a) { int b = a++ + 10; int c = ++a * 2; int d = a--; int e = --a; return b + c * 3 + d * 5 + e * 7 + a; }
u8 wrap_increment(u8 a) { a++; ++a; u8 b = a--; return a + b; }
int wrap_value(u8 a) { int b = ++a; int c = a++; return b * 1000 + c; }
bool bool_increment(bool a) { a++; return a; }
int nested_assignment(int a, int b) { int x, y, z; x = y = z = a + b; x += y -= z = 2; return x * 100 + y * 10 + z; }
int assigned_value(int a) { u8 n; int v = (n = a); return v * 256 + n; }
int assigned_compound(int a) { u8 n = 250; int v = (n += a); return v * 256 + n; }
int assigned_self(int a, int b) { if (a || (b = b + ~a)) a = (b = -b) + 1; struct point p = { a, b }; return (p.x = p.x + p.y) * 10 + p.x; }
int assigned_condition(int a) { int x; if ((x = a & 3)) return x; return -1; }
int comma(int a, int b) { int c = (trace(a), a++, a + b); return c; }
int own_initialiser(int a) { int b = a, c = b + 1, d = c * b; { int b = 5 + a; c += b; } return b + c + d; }

/* control of evaluation */
static int noted(int a) { trace(a); return a; }
int and_or(int a, int b, int c) { return (noted(a) && noted(b)) || noted(c); }
int or_and(int a, int b, int c) { return (noted(a) || noted(b)) && noted(c); }
int not_all(int a, int b) { return !(noted(a) && !noted(b)); }
int short_effect(int a, int b) { int n = 0; if (a > 0 && n++ < b && ++n) n += 10; return n; }
int ternary(int a, int b) { return a > b ? noted(a) : noted(b); }
int ternary_mixed(int a, u32 b) { return (a > 3 ? a : b) > 5; }
s64 ternary_types(int c, s8 a, u32 b) { return c ? a : b; }
int ternary_nested(int a) { return a < 0 ? -1 : a == 0 ? 0 : a < 10 ? noted(1) : 2; }
int ternary_place(int a, int b) { int x = 1, y = 2; *(a ? &x : &y) = b; return x * 10 + y; }
int elvis(int a, int b) { return noted(a) ?: noted(b); }
int elvis_bool(int a, int b) { return (a > b) ?: 7; }
int in_order(int a, int b) { int x = a; int y = (x += b, x) * 2; return y + x; }
static int two(int a, int b) { return a * 10 + b; }
int arguments(int a) { int x = a; return two(two(x, 1), noted(x)); }
int condition_effects(int a) { int n = 0; while (a-- > 0 && n < 8) n++; return n * 10 + a; }

/* switch */
int fall_through(int a) { int n = 0; switch (a & 7) { case 0: n += 1; case 1: n += 2; break; case 2: { n += 4; } case 3: n += 8; break; case 4: case 5: n += 16; break; } return n; }
int default_middle(int a) { int n = 0; switch (a) { case 1: n = 1; break; default: n = 50; case 2: n += 2; break; case 3: n = 3; } return n; }
int ranges(int a) { switch (a) { case -5 ... -1: return 1; case 0: return 2; case 1 ... 9: return 3; case 10 ... 20: return 4; } return 5; }
int unsigned_ranges(u8 a) { switch (a) { case 0 ... 127: return 1; case 200 ... 255: return 2; default: return 3; } }
int nested_switch(int a, int b) { int n = 0; switch (a & 3) { case 0: switch (b & 1) { case 0: n = 10; break; default: n = 20; } n++; break; case 1: switch (b & 3) { case 1: n = 30; break; } default: n += 5; } return n; }
int switch_in_loop(int a) { int n = 0; for (int i = 0; i < 6; i++) { switch ((a + i) & 3) { case 0: continue; case 1: n += 10; break; case 2: goto out; default: n++; } n += 100; } out: return n; }
int switch_effect(int a) { switch (noted(a) & 1) { case 0: trace(1); break; case 1: trace(2); } return 0; }
int switch_wide(u64 a) { switch (a) { case 1UL: return 1; case ~0UL: return 2; default: return 3; } }
int case_in_block(int a) { int n = 0; switch (a & 3) { case 0: if (a > 8) { case 1: n += 1; } else { case 2: n += 2; } n += 4; break; default: n = 9; } return n; }

/* loops */
int sum_to(int n) { int s = 0; for (int i = 0; i <= (n & 15); i++) s += i; return s; }
int break_continue(int n) { int s = 0, i; for (i = 0; i < 12; i++) { if (i == (n & 7)) continue; if (s > 30) break; s += i; } return s * 100 + i; }
int do_once(int n) { do { if (n & 1) break; n += 2; if (n & 4) continue; n += 100; } while (0); return n; }
int do_while(int n) { int i = 0; do { i++; n -= 3; } while (n > 0 && i < 9); return i * 1000 + n; }
int do_continue(int n) { int i = 0; do { if (++i == 2) continue; n++; } while (i < 4); return n; }
int nested_loops(int n) { int s = 0; for (int i = 0; i < 4; i++) for (int j = i; j < 4; j++) { if (j == (n & 3)) break; if (i == 1) continue; s += i * 4 + j; } return s; }
int while_zero(int n) { while (0) n++; for (;;) { if (n++ > 3) break; if (n < -40) return -1; n += 10; } return n; }
int goto_out(int n) { int i, s = 0; for (i = 0; i < 5; i++) { while (1) { s++; if (s > (n & 15)) goto done; if (s & 1) break; } } s += 100; done: return s * 10 + i; }
int goto_back(int n) { int i = 0; again: i++; if (i < (n & 7)) goto again; return i; }
int goto_into(int n) { int i = 0; if (n & 1) goto inside; for (i = 10; i < 13; i++) { trace(i); inside: trace(100 + i); if (i == 0) break; } return i; }
int error_path(int n) { int err = -22; if (n & 1) goto out; trace(1); err = -12; if (n & 2) goto free_one; trace(2); err = 0; goto out; free_one: trace(3); out: return err; }
int for_shadow(int n) { int i = 100; for (int i = 0; i < 2; i++) n += i; return n + i; }

/* memory */
struct line { struct point from, to; u8 width; const char *name; };
int members(int a, int b) { struct point p; p.x = a; p.y = b; p.x += p.y; return p.x * 3 - p.y; }
int struct_copy(int a, int b) { struct line l = { .from = { a, b }, .width = 300 }, m; m = l; m.to = m.from; l.from.x = 7; m.to.y++; return m.from.x + 10 * m.to.y + 100 * l.from.x + m.width; }
int struct_pointer(int a) { struct line l = { { 1, 2 }, { 3, a } }, *p = &l; struct point *q = &p->to; q->x = q->y++; (*p).from = *q; return l.from.x * 10 + l.from.y + l.to.y; }
int initialisers(int a) { struct line l = { .to.y = a, .from.x = 1, .from = { .y = 4 } }; int n[5] = { 1, [3] = a, 9 }; int m[] = { a, 2, a + 1 }; return l.to.y + l.from.x * 10 + l.from.y * 100 + n[0] + n[1] + n[3] * 2 + n[4] + m[2] + sizeof(m) / sizeof(m[0]); }
int array_range(int a) { int n[6] = { [1 ... 3] = a, [5] = 2 }; return n[0] + n[1] * 2 + n[3] * 3 + n[4] + n[5]; }
int flat_list(int a) { struct line l = { a, 2, 3, a + 1, 5 }; return l.from.x + 10 * l.from.y + 100 * l.to.x + l.to.y + l.width; }
int scalar_list(int a) { int x = { a }; struct point p = { }; return x + p.x; }
int struct_array(int a) { struct point p[3] = { { 1, 2 }, { .y = a } }; p[2] = p[1]; p[2].x = 5; p[a & 1].y += 3; return p[0].y * 100 + p[1].y * 10 + p[2].x + p[2].y; }
int matrix(int a, int b) { int m[2][3] = { { 1, 2, 3 }, { 4 } }; m[a & 1][b & 1] += 10; m[1][2] = a; return m[0][0] + m[0][1] * 2 + m[0][2] * 3 + m[1][0] * 5 + m[1][1] * 7 + m[1][2]; }
static void store(int *to, int value) { *to = value; }
int pointer_to_local(int a) { int x = 1, *p = &x; *p += a; store(&x, x * 2); store(p, *p + 1); return x; }
int pointer_pointer(int a, int b) { int x = a, y = b, *p = &x, **q = &p; **q = 5; *q = &y; *p += 2; return x * 1000 + y; }
int pointer_arithmetic(int a) { int n[4] = { 1, 2, 3, 4 }, *p = n + 1; p++; *p += a; p -= 1; p[2] = 9; --p; return *p + *(p + 2) * 10 + n[3] * 100 + (p + 1 == &n[1]); }
int pointer_difference(int a) { int n[8], *p = &n[a & 7], *q = n; return p - q + (p > q); }
int walk(int a) { int n[5] = { 1, 2, 3, 4, a }, s = 0; for (int *p = n; p < n + 4; p++) s += *p; for (int i = 5; i-- > 0;) s = s * 2 + n[i]; return s; }
int post_pointer(int a) { int n[3] = { a, 2, 3 }, *p = n; int x = *p++; int y = (*p)++; int z = *++p; return x * 100 + y * 10 + z + n[1]; }
static int sum(const int *n, int count) { int s = 0; while (count--) s += n[count]; return s; }
int array_argument(int a) { int n[4] = { a, 1, 2, 3 }; return sum(n, 4) * 10 + sum(n + 2, 2) + sum(&n[1], 1); }
int one_past(int a) { int n[2] = { a, 2 }, s = 0; for (int *p = n; p < n + 2; p++) s += *p; return s; }
int index_effects(int a) { int n[4] = { 0 }, i = a & 1; n[i++] = a; n[i] += 2; n[noted(i)]++; return n[0] + n[1] * 10 + n[2] * 100; }
struct point by_value(struct point p, int a) { p.x += a; return p; }
int struct_argument(int a) { struct point p = { 1, a }; struct point q = by_value(p, 5); return p.x + q.x * 10 + q.y * 100 + by_value(q, 1).x; }
static struct point made(int a) { struct point p = { a, a + 1 }; if (a > 5) return (struct point){ .y = 3 }; return p; }
int struct_result(int a) { struct line l; l.to = made(a); l.from = l.to; l.from.x++; return l.to.x + l.to.y * 10 + l.from.x * 100; }
int struct_choice(int a) { struct point p = { 1, 2 }, q = { 3, 4 }, r = a & 1 ? p : q; return r.x * 10 + r.y; }
int compound_literal(int a) { struct point *p = &(struct point){ a, 2 }; return p->x + p->y + sum((int []){ 1, 2, a }, 3); }
struct flags { u32 low : 3, high : 5; int sign : 4; bool on : 1; };
int bit_fields(int a, int b) { struct flags f = { .low = a, .high = b }; f.sign = a; f.on = a & 1; f.low++; f.high -= 1; return f.low + f.high * 8 + f.sign * 256 + f.on * 8192; }
int bit_field_value(int a) { struct flags f = { 0 }; int v = (f.low = a); return v * 10 + f.low; }
union either { int number; struct { int first, second; } pair; struct point point; };
int union_one(int a, int b) { union either e; e.pair.first = a; e.pair.second = b; return e.pair.first * 3 + e.pair.second; }
int union_switch(int a) { union either e; if (a & 1) { e.number = a; return e.number; } e.pair.second = a; return e.pair.second + 1; }
int anonymous(int a) { struct { int kind; union { int number; struct { int low, high; }; }; } v = { .kind = 1 }; v.number = a; if (a > 3) { v.kind = 2; v.low = 4; v.high = a; return v.low + v.high; } return v.number + v.kind; }
static int counter;
static int counters[3] = { 4, 5, 6 };
int file_scope(int a) { counter += a; counters[a & 1] += counter; counter++; return counter * 10 + counters[0] + counters[1] + counters[2]; }
int static_local(int a) { static int calls; static int start = 5; calls += 1; start += a; return calls * 100 + start; }
static int static_twice(void) { static int n = 3; return n++; }
int static_calls(int a) { return static_twice() * 10 + static_twice() + a; }

/* functions */
static inline int twice(int a) { return a * 2; }
static inline u8 byte(int a) { return a; }
int inlined(int a) { return twice(byte(a)) + twice(3); }
int factorial(int n) { n &= 7; return n < 2 ? 1 : n * factorial(n - 1); }
static int odd(int n);
static int even(int n) { return n == 0 ? 1 : odd(n - 1); }
static int odd(int n) { return n == 0 ? 0 : even(n - 1); }
int mutual(int n) { return even(n & 15); }
int function_pointer(int a) { int (*f)(int) = a & 1 ? twice : noted; return f(a) + (*f)(1); }
static int (*const table[])(int) = { twice, noted, factorial };
int function_table(int a) { return table[(a & 1) + 1](a & 3); }
struct operations { int (*run)(int); int (*other)(int); };
static const struct operations operations = { .run = twice };
int function_member(int a) { const struct operations *o = &operations; if (o->other) return -1; return o->run ? o->run(a) : 0; }
static void swapped(int *a, int *b) { int c = *a; *a = *b; *b = c; }
int out_parameters(int a, int b) { swapped(&a, &b); return a * 2 + b; }
void nothing(int a) { if (a < 0) return; trace(a); }
int changed_parameter(int a, u8 b) { a = a + 1; b += 250; if (a > 4) a = 4; return a * 1000 + b; }
int converted_argument(int a) { return byte(a + 1) + byte(-1); }

/* macros */
#define SQUARE(x) ((x) * (x))
#define LOOSE(x) x + x
#define SUM3(a, b, c...) ((a) + (b) + sum((int []){ c }, 2))
#define ONCE(x) ({ typeof(x) _x = (x); _x + _x; })
#define LARGER(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
#define UPDATE(p, v) do { if ((p)->x < (v)) (p)->x = (v); else break; (p)->y++; } while (0)
#define JOIN(a, b) a##b
#define TEXT(a) #a
#define MANY 12
#define MANIER (MANY + 1)
int macro_square(int a) { int x = LOOSE(a); return SQUARE(a + 1) + x * 2; }
int macro_torn(int a) { return LOOSE(a) * 2; }
int macro_variadic(int a) { return SUM3(a, 2, 3, a); }
int macro_once(int a) { return ONCE(noted(a)); }
int macro_larger(int a, int b) { return LARGER(noted(a), LARGER(b, 3)); }
int macro_update(int a) { struct point p = { 3, 0 }; if (a & 1) UPDATE(&p, a); else p.y = 50; return p.x + p.y * 100; }
int macro_join(int a) { int valueone = a, valuetwo = 2; return JOIN(value, one) + JOIN(value, two) + MANIER * MANY; }
int statement_expression(int a) { int x = ({ int y = a; if (y > 3) y = 3; y * 2; }); return x + ({ a; }); }
int macro_minmax(int a, int b) { return min(a, b) * 3 + max(a, 4) + clamp(b, -3, 3); }
int macro_min_t(s64 a, u32 b) { return min_t(u8, a, b) + max_t(s16, a, b); }
u32 macro_unsigned(u32 a, u32 b) { return min(a, b) + max(a, b) / 2; }
int macro_swap(int a, int b) { swap(a, b); return a * 2 + b; }
int array_size(void) { int n[MANY]; return ARRAY_SIZE(n); }

/* containers and lists */
struct list_head { struct list_head *next, *prev; };
struct item { int value; struct list_head link; struct point at; };
int container(int a) { struct item i = { .value = a }, *p; p = container_of(&i.link, struct item, link); p->value += 1; return i.value + container_of(&i.at.y, struct item, at.y)->value; }
static void list_init(struct list_head *l) { l->next = l; l->prev = l; }
static void list_append(struct list_head *new, struct list_head *head) { struct list_head *last = head->prev; last->next = new; new->prev = last; new->next = head; head->prev = new; }
static void list_drop(struct list_head *l) { l->prev->next = l->next; l->next->prev = l->prev; }
#define list_next(pos, member) container_of((pos)->member.next, typeof(*(pos)), member)
#define list_for_each_entry(pos, head, member) \
	for (pos = container_of((head)->next, typeof(*pos), member); &pos->member != (head); pos = list_next(pos, member))
#define list_for_each_entry_safe(pos, n, head, member) \
	for (pos = container_of((head)->next, typeof(*pos), member), n = list_next(pos, member); \
	     &pos->member != (head); pos = n, n = list_next(n, member))
int list_sum(int a) { struct list_head head; struct item i[3], *p; int s = 0; list_init(&head); for (int k = 0; k < 3; k++) { i[k].value = a + k; list_append(&i[k].link, &head); } list_for_each_entry(p, &head, link) s = s * 3 + p->value; return s; }
int list_break(int a) { struct list_head head; struct item one, two, *p; one.value = 1; two.value = a; list_init(&head); list_append(&one.link, &head); list_append(&two.link, &head); list_for_each_entry(p, &head, link) { if (p->value == 1) continue; if (p->value > 3) break; trace(p->value); } return &p->link == &head; }
int list_safe(int a) { struct list_head head; struct item i[3], *p, *n; list_init(&head); for (int k = 0; k < 3; k++) { i[k].value = k; list_append(&i[k].link, &head); } list_for_each_entry_safe(p, n, &head, link) if (p->value & (a & 3)) list_drop(&p->link); int s = 0; list_for_each_entry(p, &head, link) s = s * 10 + p->value + 1; return s; }

/* cleanup */
struct gate { int id; };
static void mutex_lock(struct gate *g) { trace(100 + g->id); }
static void mutex_unlock(struct gate *g) { trace(200 + g->id); }
static void kfree(int *p) { trace(300 + *p); }
int guards(int a) { struct gate g = { 1 }, h = { 2 }; guard(mutex)(&g); if (a & 1) return noted(1); guard(mutex)(&h); trace(5); if (a & 2) return noted(2); return noted(3); }
int guard_block(int a) { struct gate g = { 1 }; { guard(mutex)(&g); if (a & 1) goto out; trace(1); } trace(2); out: trace(3); return a; }
int guard_loop(int a) { struct gate g = { 1 }; for (int i = 0; i < 3; i++) { guard(mutex)(&g); if (i == (a & 3)) continue; if (i == 2) break; trace(i); } return 0; }
int scoped(int a) { struct gate g = { 1 }; scoped_guard(mutex, &g) { if (a & 1) return noted(7); if (a & 2) break; trace(8); } trace(9); return 1; }
int freed(int a) { int x = 1, y = 2; int *p __free(kfree) = &x; int *q __free(kfree) = a & 1 ? &y : (int *)0; if (a & 2) return noted(5); if (a & 4) { int z = 3; int *r __free(kfree) = &z; trace(6); } return *p; }
int guard_moved(int a) { struct gate g = { 1 }, h = { 2 }, *p = &g; guard(mutex)(p); p = &h; return p->id + a; }
int cleanup_order(int a) { struct gate g = { 1 }; int x = 4; guard(mutex)(&g); int *p __free(kfree) = &x; { struct gate h = { 2 }; guard(mutex)(&h); if (a & 1) return *p; x = 6; } return *p + 1; }
int cleanup_switch(int a) { struct gate g = { 1 }; switch (a & 3) { case 0: { guard(mutex)(&g); trace(1); break; } case 1: { guard(mutex)(&g); trace(2); } case 2: trace(3); } return 0; }
int cleanup_value(int a) { int x = a; int *p __free(kfree) = &x; return x++; }
int cleanup_goto(int a) { int x = 1; again: { int *p __free(kfree) = &x; if (x++ < (a & 3)) goto again; } return x; }
`;

/** What gcc needs of the kernel's macros, and what the lifter knows by itself. */
export const kernelMacros = String.raw`
#include <stdio.h>
#include <stddef.h>
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))
#define min(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))
#define clamp(value, low, high) min(max(value, low), high)
#define swap(a, b) do { __typeof__(a) c_ = (a); (a) = (b); (b) = c_; } while (0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
struct gate;
static void mutex_lock(struct gate *);
static void mutex_unlock(struct gate *);
static void kfree(int *);
static inline struct gate *take(struct gate *g) { mutex_lock(g); return g; }
static inline void give(struct gate **g) { mutex_unlock(*g); }
static inline void free_kfree(int **p) { if (*p) kfree(*p); }
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define guard(name) struct gate *PASTE(guard_, __COUNTER__) __attribute__((cleanup(give))) = take
#define scoped_guard(name, g) \
	for (struct gate *scope_ __attribute__((cleanup(give))) = take(g), *end_ = (void *)0; !end_; end_ = (void *)1)
#define __free(name) __attribute__((cleanup(free_##name)))
`;
