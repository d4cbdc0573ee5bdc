namespace EdgeJobs.Testing;

/// <summary>
/// A provisioning template for pumps: the serial number of the board names the thing, which may use only its own topics.
/// </summary>
public static class PumpTemplate
{
    public const string Body = """
        {
          "Parameters": { "SerialNumber": { "Type": "String" }, "AWS::IoT::Certificate::Id": { "Type": "String" } },
          "Resources": {
            "thing": {
              "Type": "AWS::IoT::Thing",
              "Properties": { "ThingName": { "Fn::Join": ["", ["pump-", { "Ref": "SerialNumber" }]] } }
            },
            "certificate": {
              "Type": "AWS::IoT::Certificate",
              "Properties": { "CertificateId": { "Ref": "AWS::IoT::Certificate::Id" }, "Status": "Active" }
            },
            "policy": { "Type": "AWS::IoT::Policy", "Properties": { "PolicyDocument": {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow", "Action": "iot:Connect",
                  "Resource": "arn:aws:iot:us-east-1:000000000000:client/${iot:Connection.Thing.ThingName}"
                },
                {
                  "Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"],
                  "Resource": "arn:aws:iot:us-east-1:000000000000:topic/$aws/things/${iot:Connection.Thing.ThingName}/*"
                },
                {
                  "Effect": "Allow", "Action": "iot:Subscribe",
                  "Resource": "arn:aws:iot:us-east-1:000000000000:topicfilter/$aws/things/${iot:Connection.Thing.ThingName}/*"
                }
              ] } } }
          },
          "DeviceConfiguration": { "site": "north" }
        }
        """;
}
