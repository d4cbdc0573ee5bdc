using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the checks of the spec's limits.</summary>
internal static class ValidationEmitter
{
    public static void Emit(SourceWriter w, ObjectModel model)
    {
        w.Line("/// <inheritdoc/>");
        using (w.Open("public " + (model.Union is null ? "" : "override ") + "bool TryValidate(out ConstraintViolation violation)"))
        {
            foreach (MemberModel member in model.Members.Where(m => NeedsCheck(m.Type)))
            {
                string local = CSharp.Local(member.Name);
                string name = CSharp.Literal(member.JsonName);
                if (TypeNames.IsRaw(member.Type))
                {
                    using (w.Open("if (!" + member.Name + ".IsEmpty)"))
                    {
                        EmitCheck(w, member.Type, member.Name, name, depth: 0);
                    }
                }
                else
                {
                    using (w.Open("if (" + member.Name + " is { } " + local + ")"))
                    {
                        EmitCheck(w, member.Type, local, name, depth: 0);
                    }
                }

                w.Line();
            }

            w.Line("violation = default;");
            w.Line("return true;");
        }
    }

    /// <summary>The condition under which a string breaks a rule, or nothing when it can't.</summary>
    public static string StringViolation(StringRule rule, string value)
    {
        List<string> alternatives = rule.AlsoAllowed.Select(CSharp.Literal).ToList();
        string outside = alternatives.Count == 0 ? "" : value + " is not (" + string.Join(" or ", alternatives) + ")";
        if (rule.IsClosed)
        {
            return outside;
        }

        List<string> broken = new();
        // Where only ASCII is allowed, a code point is a char, and a text of others is refused anyway.
        bool ascii = rule.Characters is { ExcludesControls: false };
        string length = ascii ? value + ".Length" : "TextRules.Length(" + value + ")";
        if (rule.MinLength > 0 && rule.MaxLength >= 0)
        {
            broken.Add(length + " is < " + CSharp.Number(rule.MinLength) + " or > " + CSharp.Number(rule.MaxLength));
        }
        else if (rule.MinLength > 0)
        {
            broken.Add(length + " < " + CSharp.Number(rule.MinLength));
        }
        else if (rule.MaxLength >= 0)
        {
            broken.Add(length + " > " + CSharp.Number(rule.MaxLength));
        }

        if (rule.Characters is { ExcludesControls: true })
        {
            broken.Add("!TextRules.HasNoControls(" + value + ")");
        }
        else if (rule.Characters is { } set)
        {
            broken.Add("!TextRules.IsAllAscii(" + value + ", " + Bits(set.Ascii, 0) + ", " + Bits(set.Ascii, 64) + ")");
        }

        if (broken.Count == 0)
        {
            return "";
        }

        string condition = string.Join(" || ", broken);
        return outside.Length == 0 ? condition : outside + " && (" + condition + ")";
    }

    private static string Bits(string ascii, int offset)
    {
        ulong bits = 0;
        foreach (char c in ascii)
        {
            if (c >= offset && c < offset + 64)
            {
                bits |= 1UL << (c - offset);
            }
        }

        return "0x" + bits.ToString("X16", System.Globalization.CultureInfo.InvariantCulture) + "UL";
    }

    private static bool NeedsCheck(TypeRef type) => type switch
    {
        StringRef s => StringViolation(s.Rule, "x").Length > 0,
        IntegerRef i => IntegerViolation(i.Rule, "x").Length > 0,
        NumberRef n => NumberViolation(n.Rule, "x").Length > 0,
        BooleanRef b => b.Constant is not null,
        DateTimeRef or UuidRef => false,
        BytesRef y => y.MaxBytes >= 0,
        ArrayRef a => a.MinItems > 0 || a.MaxItems >= 0 || NeedsCheck(a.Element),
        MapRef m => m.MinProperties > 0 || m.MaxProperties >= 0 || NeedsCheck(m.Value) || NeedsCheck(new StringRef(m.Key)),
        _ => true,
    };

    /// <summary>The condition under which a whole number breaks a rule, or nothing when it can't.</summary>
    public static string IntegerViolation(IntegerRule rule, string value)
    {
        string range = (rule.Minimum, rule.Maximum) switch
        {
            ({ } min, { } max) => value + " is < " + CSharp.Number(min) + " or > " + CSharp.Number(max),
            ({ } min, null) => value + " < " + CSharp.Number(min),
            (null, { } max) => value + " > " + CSharp.Number(max),
            _ => "",
        };
        string outside = string.Join(" or ", rule.AlsoAllowed.Select(CSharp.Number));
        return range.Length == 0 || outside.Length == 0 ? range : value + " is not (" + outside + ") && (" + range + ")";
    }

    /// <summary>The condition under which a number breaks a rule, or nothing when it can't.</summary>
    public static string NumberViolation(NumberRule rule, string value)
    {
        List<string> broken = new();
        if (rule.Minimum is { } min)
        {
            broken.Add("!(" + value + " >= " + CSharp.Number(min) + ")");
        }

        if (rule.Maximum is { } max)
        {
            broken.Add("!(" + value + " <= " + CSharp.Number(max) + ")");
        }

        return string.Join(" || ", broken);
    }

    private static void EmitCheck(SourceWriter w, TypeRef type, string value, string path, int depth)
    {
        string suffix = depth == 0 ? "" : CSharp.Number(depth);
        switch (type)
        {
            case StringRef s:
                EmitIf(w, StringViolation(s.Rule, value), path, "must be " + RuleText.Text(s.Rule).Replace("`", ""));
                break;
            case IntegerRef i:
                EmitIf(w, IntegerViolation(i.Rule, value), path, "must be " + RuleText.Number(i.Rule));
                break;
            case NumberRef n:
                EmitIf(w, NumberViolation(n.Rule, value), path, "must be " + RuleText.Number(n.Rule));
                break;
            case EnumRef e:
                EmitIf(w, value + " == default", path, "must be a value of " + e.Name + " other than Unknown");
                break;
            case NumericEnumRef e:
                EmitIf(w, "!" + value + ".IsKnown()", path, "must be a value of " + e.Name);
                break;
            case BooleanRef { Constant: { } only }:
                EmitIf(w, only ? "!" + value : value, path, "must be " + (only ? "true" : "false"));
                break;
            case BytesRef b:
                EmitIf(w, value + ".Length > " + CSharp.Number(b.MaxBytes), path, "must have at most " + CSharp.Number(b.MaxBytes) + " bytes");
                break;
            case RawObjectRef r:
                if (r.MaxBytes >= 0)
                {
                    EmitIf(w, value + ".Utf8.Length > " + CSharp.Number(r.MaxBytes), path, "must have at most " + CSharp.Number(r.MaxBytes) + " bytes");
                    w.Line();
                }

                EmitIf(w, "!" + value + ".IsObject()", path, "must be one JSON object");
                break;
            case AnyTypeRef:
                EmitIf(w, "!" + value + ".Is(" + TypeNames.Kinds(type) + ")", path, "must be " + RuleText.Kinds(type));
                break;
            case ObjectRef or UnionRef:
                using (w.Open("if (!" + value + ".TryValidate(out violation))"))
                {
                    w.Line("violation = violation.Within(" + path + ");");
                    w.Line("return false;");
                }

                break;
            case ArrayRef a:
                EmitCount(w, a.MinItems, a.MaxItems, value, path, "items");
                if (NeedsCheck(a.Element))
                {
                    string index = "index" + suffix;
                    using (w.Open("for (int " + index + " = 0; " + index + " < " + value + ".Count; " + index + "++)"))
                    {
                        string item = "item" + suffix;
                        w.Line(TypeNames.Model(a.Element) + " " + item + " = " + value + "[" + index + "];");
                        EmitCheck(w, a.Element, item, path + " + \"[\" + " + index + " + \"]\"", depth + 1);
                    }
                }

                break;
            case MapRef m:
                EmitCount(w, m.MinProperties, m.MaxProperties, value, path, "entries");
                if (NeedsCheck(m.Value) || NeedsCheck(new StringRef(m.Key)))
                {
                    string entry = "entry" + suffix;
                    using (w.Open("foreach (KeyValuePair<string, " + TypeNames.Model(m.Value) + "> " + entry + " in " + value + ")"))
                    {
                        EmitIf(w, StringViolation(m.Key, entry + ".Key"), path, "must have names of " + RuleText.Text(m.Key).Replace("`", ""));
                        w.Line();
                        EmitCheck(w, m.Value, entry + ".Value", path + " + \".\" + " + entry + ".Key", depth + 1);
                    }
                }

                break;
        }
    }

    private static void EmitCount(SourceWriter w, int minimum, int maximum, string value, string path, string unit)
    {
        string condition = (minimum > 0, maximum >= 0) switch
        {
            (true, true) => value + ".Count is < " + CSharp.Number(minimum) + " or > " + CSharp.Number(maximum),
            (true, false) => value + ".Count < " + CSharp.Number(minimum),
            (false, true) => value + ".Count > " + CSharp.Number(maximum),
            _ => "",
        };
        EmitIf(w, condition, path, "must have " + RuleText.Count(minimum, maximum, unit));
        w.Line();
    }

    private static void EmitIf(SourceWriter w, string condition, string path, string rule)
    {
        if (condition.Length == 0)
        {
            return;
        }

        using (w.Open("if (" + condition + ")"))
        {
            w.Line("violation = new ConstraintViolation(" + path + ", " + CSharp.Literal(rule) + ");");
            w.Line("return false;");
        }
    }
}
